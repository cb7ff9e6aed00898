/** What is known of English without a model: words that tell nothing of what is asked, and forms that no stemmer brings together. */

/** Words of grammar, and the words of questions. A query made of nothing else keeps them. */
export const stopWords: ReadonlySet<string> = new Set(
  `a an the this that these those there here and or but nor so if then than as of at by for from in into on onto off out over under up down
   to with within without about after before between during through until while again further once am is are was were be been being do does
   did doing done have has had having can could shall should will would may might must ought i me my mine myself we us our ours ourselves you
   your yours yourself he him his himself she her hers herself it its itself they them their theirs themselves what which who whom whose when
   where why how not no only own same too very just also both each few more most other some such all any because s t d ll m re ve don didn
   doesn isn aren wasn weren won wouldn couldn shouldn hasn haven hadn ain let lets tell show say please ever yet still really actually
   happened happen happens kind type sort many much long anything something everything nothing`.split(/\s+/),
);

/** Irregular forms: the first word of each line is the one the others belong to. */
const irregular = `be am is are was were been|begin began begun|bend bent|bite bit bitten|bleed bled|blow blew blown|break broke broken
bring brought|build built|burn burnt|buy bought|catch caught|choose chose chosen|come came|creep crept|cut cutting|deal dealt|dig dug
draw drew drawn|dream dreamt|drink drank drunk|drive drove driven|eat ate eaten|fall fell fallen|feed fed|feel felt|fight fought|find found
fly flew flown|forbid forbade forbidden|forget forgot forgotten|forgive forgave forgiven|freeze froze frozen|get got gotten
give gave given|go went gone goes|grow grew grown|hang hung|hear heard|hide hid hidden|hold held|keep kept|kneel knelt|know knew known
lay laid|lead led|lean leant|learn learnt|leave left|lend lent|light lit|lose lost|make made|mean meant|meet met|pay paid
ride rode ridden|ring rang rung|rise rose risen|run ran|see saw seen|seek sought|sell sold|send sent|shake shook shaken|shine shone
shoot shot|show shown|shrink shrank shrunk|sing sang sung|sink sank sunk|sit sat|sleep slept|slide slid|speak spoke spoken|spend spent
spin spun|spring sprang sprung|stand stood|steal stole stolen|stick stuck|sting stung|strike struck|swear swore sworn|sweep swept
swim swam swum|swing swung|take took taken|teach taught|tear tore torn|tell told|think thought|throw threw thrown|understand understood
wake woke woken|wear wore worn|weave wove woven|weep wept|win won|withdraw withdrew withdrawn|write wrote written
child children|person people|man men|woman women|foot feet|tooth teeth|mouse mice|goose geese|wife wives|life lives|knife knives
leaf leaves|half halves|shelf shelves|index indices indexes|matrix matrices|analysis analyses|crisis crises|good better best|bad worse worst`;

const families: ReadonlyMap<string, readonly string[]> = new Map(
  irregular.split(/[|\n]/).flatMap((line) => {
    const forms = line.trim().split(/\s+/);
    return forms.map((form): [string, readonly string[]] => [form, forms]);
  }),
);

/** The other forms of an irregular word, lower case; none for a regular one, whose forms the index brings together (Porter 1980). */
export function otherForms(word: string): readonly string[] {
  return families.get(word)?.filter((form) => form !== word) ?? [];
}
