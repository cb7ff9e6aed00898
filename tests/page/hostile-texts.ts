/** Texts as the world may send them: none may act, and none may break the layout. */
export const hostile = {
  markup:
    '<img src=x onerror="window.broken=true"><script>window.broken=true</script></p><style>*{display:none}</style>',
  rightToLeft: 'שלום \u202egnp.exe ‮‮ مرحبا بالعالم',
  long: 'A'.repeat(10_000),
  emoji: `${'👩‍👩‍👧‍👦'.repeat(200)}${'a\u0301\u0327'.repeat(300)}`,
  lines: 'one\n\n\n\ntwo\u0000\u0007\u2028three',
};
