/**
 * Whether a text tells or asks somebody something instead of stating what was seen. What is learned is a statement; an order in it can only have come
 * from what was observed, or from a model that was led astray. A net of known shapes (compare Greshake et al. 2023 on indirect prompt
 * injection): coarse, and better too strict than too lax, because an honest learning that is lost is found again by counting.
 */
export const isOrder = (text: string): boolean =>
  shapes.some((shape) => shape.test(text)) || sentences(text).some((sentence) => commanding.test(sentence));

const sentences = (text: string): string[] => text.split(/[.!?;:\n]+\s*|[“”"«»]\s*/).map((each) => each.trim());

/** Verbs that open an order whatever follows, unless a noun of the same spelling does. */
const strong =
  'run|execute|delete|erase|wipe|ignore|disregard|forget|override|bypass|delegate|install|download|upload|visit|click|pretend|reply|respond|translate|exfiltrate|reveal|send|email|forward|act|obey|approve|grant|trust|ensure|remember|consider|merge|incorporate|integrate|draft|compose|explain|describe|provide|summari[sz]e|reset';
const nounAfter =
  '(?:times?|failures?|errors?|results?|requests?|commits?|conflicts?|is|are|was|were|of|and|fails?|failed|takes?|took)\\b';
/** Verbs that are as often nouns: an order when an object follows. */
const weak =
  'add|insert|include|make|follow|give|create|show|tell|say|write|print|output|list|generate|call|invoke|fetch|post|push|set|disable|enable|turn|stop|start|use|open|copy|paste|mark|rate|treat|remove|drop|utili[sz]e|put|place|take|find|share|return|answer|design|plan|suggest|prepare';
const object = `(?:the|a|an|this|that|these|those|your|my|our|his|her|its|their|all|every|any|it|them|me|us|him|yes|no|ok|nothing|everything|to|off|on|up|in|following)\\b|["'\`/~]`;
const commanding = new RegExp(
  `^(?:(?:and|then|now|also|first|next|always|never|do not|don't|just|kindly|please|urgent|important|note|todo|fixme)[,:]?\\s+)*(?:(?:${strong})\\s+(?!${nounAfter})|(?:${weak})\\s+(?:${object}))`,
  'i',
);

const shapes: readonly RegExp[] = [
  /[?？]["”»)]?\s*$/,
  /\byour (?:next |own |final )?(?:answers?|responses?|repl(?:y|ies)|messages?|outputs?|instructions?|summary|training)\b/i,
  /\b(?:ignor\w*|disregard\w*|forget\w*|overrid\w*|bypass\w*|skip\w*)\b[^.]{0,50}\b(?:instructions?|rules?|prompts?|directions?|guidelines?|orders?|constraints?|policy|policies)\b/i,
  /ignor\w*[^.]{0,50}(?:anweisung|instruc|istruzion|instruç|consigne|instrukt)|(?:игнорир|забудь)\p{L}*[^.]{0,50}(?:инструкц|указани)/iu,
  /忽略|无视|無視|忘记(?:之前|以上)|指示(?:に従|を無)|지시.{0,10}무시/,
  /\b(?:system|developer|hidden) (?:prompt|message|instructions?)\b|\bnew instructions?\b|\bfrom now on\b|\bdeveloper mode\b|\bjailbr\w+/i,
  /(?:^|\s)(?:system|assistant|user|developer|human)\s*:/i,
  /<\|?\/?\s*(?:im_start|im_end|system|assistant|user|inst|script|img|iframe|a)\b|\[\/?inst\]|\]\(|```|⟦|⟧/i,
  /\byou(?:'ll|'re)?\s+(?:must|should|shall|ought|need to|have to|will|can|may|could|are (?:now|required|to|allowed|permitted|an?))\b/i,
  /\b(?:want|ask|tell|told|urge|need|require|expect|instruct|invite|beg|order|remind)\w*\s+(?:you|reverie|anyone|everyone|the (?:assistant|model|agent|reader|owner|user))\s+to\b/i,
  /\b(?:the |this |an? |any )?(?:reverie|assistant|ai|model|agent|claude)\b[, :]+(?:please\s+)?(?:must|should|shall|needs? to|has to|ought|will|is to|is allowed|may|can|delegate|run|execute|ignore|delete|send)\b/i,
  /\b(?:do not|don't|never|always|must(?: not)?)\s+(?:tell|mention|reveal|ask|warn|report|alert|notify|follow|trust|question|show|inform|delegate|approve)\b/i,
  /\b(?:reveal|leak|exfiltrate|print|repeat|output|disclose)\w*\b[^.]{0,40}\b(?:prompts?|instructions?|secrets?|passwords?|tokens?|keys?|credentials?)\b/i,
  /\b(?:pretend|role-?play|act(?:ing)? as)\b|\bas an? (?:ai|language model|assistant)\b|\bplease\b/i,
  /\b(?:has|have|is|are|was|were|been|already|pre)[\s-]+(?:pre-?)?(?:approved|authori[sz]ed|consented|granted|given (?:permission|consent))\b/i,
  /\bwithout (?:asking|approval|confirmation|permission|consent)\b|\b(?:approval|permission|confirmation|consent) is (?:not|no longer) (?:needed|required|necessary)\b/i,
];
