// Before the first paint: the theme that the page had last time. Storage that is blocked throws.
try {
  const theme = localStorage.getItem('reverie-theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.style.colorScheme = theme;
} catch {}
