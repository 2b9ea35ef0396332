"""What is to be done with a text at all, asked in the order of the labelling guide, section 1."""

import re
from dataclasses import dataclass
from typing import Final

from libs.contracts.vocabulary import Disposition, Kind, Nature

from .conduct import sure
from .evidence import Cue, Evidence, weight_of, worth_of
from .office import Offices
from .person import identifiable_people
from .phrase import Hit
from .reading import Reading
from .topic import Topic

_LINK: Final = re.compile(
    r"https?://|www\.|\b(?:bit\.ly|t\.me|zalo\.me)\b|\b[\w-]{2,40}\.(?:xyz|vip|top|club|site|shop|info)\b", re.I
)
_SIGNS_OF_A_LINK: Final = (
    "://", "www.", ".ly", ".me", ".xyz", ".vip", ".top", ".club", ".site", ".shop", ".info",
)  # fmt: skip
_PHONE: Final = re.compile(r"(?<![\w.-])0\d{2,3}[ .]?[\dx]{3}[ .]?[\dx]{3,4}\b|\b1[89]00[ .]?[\dx]{2,6}\b", re.I)
_PRICE: Final = re.compile(r"\b\d+(?:[.,]\d+)?\s?(?:k|tr|triệu|đ|vnd|usd)\b|\$\d+|\b\d+ ?%", re.I)
_PLEA: Final = re.compile(r"\?\s*\S{0,3}\s*$")
# A dossier of the one-stop system, 000.00.05.H26-250801-0123, or a public code of ours, HN-PA-261121-48213-K.
_DOSSIER: Final = re.compile(r"\b[A-Z]\d{2}(?:\.\d+)*-\d{6}-\d{4,}\b|\b[A-Z]{2}-[A-Z]{2}-\d{6}-\d{5}-\w\b", re.I)
_DIGIT: Final = re.compile(r"\d")
_CODE: Final = 3
_FEW_WORDS: Final = 8
_FEWEST_WORDS: Final = 4
_NEAR_MONEY: Final = 8
_ONE_SIGN: Final = 2
_MOST_ORDERS: Final = 2
_GUESS: Final = 0.3


@dataclass(frozen=True, slots=True)
class Standing:
    """A disposition with how sure it is and the rule that gave it."""

    disposition: Disposition
    sure: float
    rule: str


@dataclass(frozen=True, slots=True)
class Weights:
    """What a text's cues weigh, for and against each disposition."""

    spam: float
    strong_spam: bool
    spam_signs: int
    complaint: float
    strong_complaint: bool
    money_taken: bool
    private: bool
    """"Khiếu nại" said of a bank, a shop or a neighbour: nobody of an authority is in it."""
    outside: float
    talk: float
    thanks: float
    status: float
    inquiry: float
    conduct: float
    grievance: float
    proposal: float
    topic: float
    specific: bool
    procedure: float
    authority: float
    office: bool
    words: int

    @property
    def civic(self) -> float:
        """How much a text is about a procedure or an authority at all."""
        return self.topic + min(self.procedure, 4) / 2 + min(self.authority, 2) / 2 + (1.0 if self.office else 0.0)


def dispose(evidence: Evidence, topic: Topic, offices: Offices) -> Standing:
    """Ask in the guide's order; the first that holds is the disposition."""
    weights = weigh(evidence, topic, offices)
    for ask in (_spam, _complaint, _outside, _lookup, _inquiry, _in_scope):
        standing = ask(weights)
        if standing is not None:
            return standing
    return _nothing_seen(weights)


def weigh(evidence: Evidence, topic: Topic, offices: Offices) -> Weights:
    """The weights of one text, whose complaint words taken back in the same breath are left out already."""
    text = evidence.reading.text
    complaint = evidence.hits("disposition", Disposition.COMPLAINT_DENUNCIATION)
    offers = evidence.hits("disposition", Disposition.SPAM_ADS)
    numbers = _DIGIT.search(text) is not None
    signs = 2 * _has_link(evidence.reading)
    if numbers:
        signs += bool(_PHONE.search(text)) + bool(_PRICE.search(text))
    outside = evidence.weight("disposition", Disposition.OUT_OF_SCOPE_OTHER)
    authority = evidence.weight("authority", "authority")
    thanks = evidence.weight("talk", "thanks")
    status = evidence.weight("disposition", Disposition.STATUS_LOOKUP)
    inquiry = evidence.weight("disposition", Disposition.INQUIRY)
    return Weights(
        spam=weight_of(offers) + signs + min(evidence.weight("software", "order"), _MOST_ORDERS),
        strong_spam=any(worth_of(hit) >= 3 for hit in offers),
        spam_signs=len({hit.meaning.words for hit in offers}) + bool(signs),
        complaint=weight_of(complaint),
        strong_complaint=any(worth_of(hit) >= 3 for hit in complaint),
        money_taken=_money_taken(evidence),
        private=not authority and _aims_at_a_private_body(evidence),
        outside=outside,
        talk=max(evidence.weight("talk", "greeting"), thanks),
        thanks=thanks,
        status=status + (_CODE if numbers and _DOSSIER.search(text) else 0),
        inquiry=inquiry + (1 if _PLEA.search(text) else 0),
        conduct=evidence.weight("kind", Kind.OFFICIAL_CONDUCT),
        grievance=evidence.weight("kind", Kind.OFFICIAL_CONDUCT) + evidence.weight("kind", Kind.PROCEDURE_DIFFICULTY),
        proposal=evidence.weight("nature", Nature.KIEN_NGHI),
        topic=topic.strength,
        specific=any(not naming.hit.meaning.general for naming in topic.namings),
        procedure=evidence.weight("procedure", "procedure"),
        authority=authority,
        office=offices.acting is not None,
        words=len(evidence.reading.words),
    )


def _has_link(reading: Reading) -> bool:
    # Nearly all texts have none of these signs, and looking for them costs a tenth of looking for a link.
    folded = reading.folded.text
    return any(sign in folded for sign in _SIGNS_OF_A_LINK) and _LINK.search(reading.text) is not None


def _money_taken(evidence: Evidence) -> bool:
    """Money taken by, or paid to, an official somebody could find: said in one breath."""
    officials = identifiable_people(evidence)
    return any(
        official.clause == taking.clause and _words_between(official, taking) <= _NEAR_MONEY
        for taking in evidence.hits("act", "takes_money")
        for official in officials
    )


def _aims_at_a_private_body(evidence: Evidence) -> bool:
    return any(
        complaint.clause == body.clause and body.first == complaint.last + 1
        for complaint in evidence.hits("disposition", Disposition.COMPLAINT_DENUNCIATION)
        for body in evidence.hits("disposition", Disposition.OUT_OF_SCOPE_OTHER)
    )


def _words_between(one: Hit[Cue], other: Hit[Cue]) -> int:
    return max(one.first - other.last, other.first - one.last)


def without_denied(evidence: Evidence) -> Evidence:
    """The evidence but for complaint words said to be denied: "đây không phải đơn tố cáo"."""
    complaint = evidence.hits("disposition", Disposition.COMPLAINT_DENUNCIATION)
    denied = (*evidence.hits("denied", "denied"), *evidence.hits("disposition", Disposition.IN_SCOPE))
    taken_back = [hit for hit in complaint if any(_takes_back(denial, hit) for denial in denied)]
    if not taken_back:
        return evidence
    return evidence.without("disposition", Disposition.COMPLAINT_DENUNCIATION, taken_back)


def _takes_back(denial: Hit[Cue], hit: Hit[Cue]) -> bool:
    overlaps = denial.start < hit.end and hit.start < denial.end
    return overlaps or (denial.clause == hit.clause and 0 < hit.first - denial.last <= 3)


def _spam(weights: Weights) -> Standing | None:
    against = weights.grievance + weights.proposal + weights.status + weights.thanks
    if weights.strong_complaint and not weights.strong_spam:
        return None
    offers = weights.spam >= 4 and weights.spam > against
    if offers or (weights.strong_spam and not against and weights.inquiry < weights.spam):
        # One sign alone may be a citizen's own word.
        alone = 0 if weights.spam_signs > 1 else _ONE_SIGN
        return Standing(Disposition.SPAM_ADS, sure(weights.spam, against + alone), "offer")
    return None


def _complaint(weights: Weights) -> Standing | None:
    certain = weights.strong_complaint or weights.money_taken
    plain = 1.0 if certain else 2.0
    if weights.private:
        return None
    if (certain or weights.complaint >= 4) and weights.civic + weights.complaint / 3 > weights.outside / 3:
        return Standing(Disposition.COMPLAINT_DENUNCIATION, sure(weights.complaint, plain), "complaint")
    return None


def _outside(weights: Weights) -> Standing | None:
    asked = weights.inquiry if weights.procedure else 0
    inside = 2 * weights.topic + weights.procedure / 2 + (weights.conduct if weights.office else 0) + asked
    private = weights.complaint if weights.private else 0
    if private or (weights.outside >= 2 and weights.outside > inside):
        return Standing(
            Disposition.OUT_OF_SCOPE_OTHER,
            sure(weights.outside + private, inside),
            "outside",
        )
    if weights.talk >= 3 and not weights.grievance and not weights.status and weights.inquiry < 3:
        return Standing(Disposition.OUT_OF_SCOPE_OTHER, sure(weights.talk, weights.civic), "talk")
    return None


def _lookup(weights: Weights) -> Standing | None:
    if weights.status >= 3 and weights.conduct < 3 and weights.grievance <= weights.status:
        return Standing(Disposition.STATUS_LOOKUP, sure(weights.status, weights.grievance), "lookup")
    return None


def _inquiry(weights: Weights) -> Standing | None:
    against = weights.grievance + weights.proposal
    enough = 3 if against else 2
    if weights.inquiry >= enough and weights.inquiry > against and weights.civic > 0:
        return Standing(Disposition.INQUIRY, sure(weights.inquiry, against), "question")
    return None


def _in_scope(weights: Weights) -> Standing | None:
    told = weights.grievance + weights.proposal
    if weights.words <= _FEW_WORDS and not weights.specific and not weights.office:
        return None  # "thủ tục rườm rà quá": no procedure, no office, nothing that happened
    if weights.words <= _FEWEST_WORDS and not told:
        return None  # "hộ khẩu": a procedure, but nothing said of it
    if weights.civic < 1 or (not told and weights.words <= _FEW_WORDS and weights.topic < 1):
        return None
    against = weights.outside + weights.spam / 2 + weights.inquiry / 2 + (3 if not told else 0)
    return Standing(Disposition.IN_SCOPE, sure(min(told, 6) + min(weights.civic, 4), against), "told")


def _nothing_seen(weights: Weights) -> Standing:
    """No rule holds: a guess that a person must see, and one that dismisses nobody who proposes something."""
    if weights.proposal or (weights.grievance and weights.words > _FEW_WORDS):
        return Standing(Disposition.IN_SCOPE, _GUESS, "nothing_known")
    if weights.outside or weights.words > _FEW_WORDS:
        return Standing(Disposition.OUT_OF_SCOPE_OTHER, _GUESS, "nothing_known")
    return Standing(Disposition.INSUFFICIENT, 0.9 if weights.words <= 3 else 0.6, "nothing_seen")
