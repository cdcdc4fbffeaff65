"""Words that say nothing of their own when a claim is compared with its source."""

from typing import Final

STOP_WORDS: Final = frozenset(
    "a an the this that these those it its he him his she her hers they them their theirs we us our you your i my who whom whose which what when where why how "
    "is are was were be been being am do does did done has have had having will would shall should can could may might must ought "
    "and or nor but so yet if unless until while whereas although though because since as than then thus therefore however also too only just even still "
    "of in on at to for from by with without within into onto out off over under up down about above below between among through during before after against "
    "toward towards upon across along around per via despite there here now not no any some all both each every either neither other another such same own more most less least "
    "very highly quite rather fairly much many few lot s t d ll re ve m one ones itself himself herself themselves".split()
)
FRAME_WORDS: Final = frozenset(
    "briefing author authors assessment assess assesses assessed judge judges judged judgement judgment forecast forecasts report reports reported reporting note notes noted "
    "say says said saying according view views likelihood likely unlikely probable probably improbable certain certainly chance chances possibility odds probability realistic remote "
    "describe describes described regard regards regarded consider considers considered rate rates rated put puts call calls called conclude concludes concluded "
    "analyst analysts document term short-term medium-term long-term estimate estimates estimated confidence".split()
)
_UNITS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty"
NUMBERS: Final = {word: value for value, word in enumerate(_UNITS.split())} | {
    "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100, "dozen": 12, "half": 0.5,
}  # fmt: skip
del NUMBERS["one"]
