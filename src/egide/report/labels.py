"""Words for every code of egide.events and every basis of the catalogue: messages, translated where they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from egide.i18n import Translator, mark

CLASS_LABELS: Final = {
    "aircraft": mark("aircraft"),
    "cruise-missile": mark("cruise missiles"),
    "drone": mark("drones"),
    "ballistic": mark("ballistic missiles"),
    "airliner": mark("airliners"),
}
RELATION_LABELS: Final = {"friend": mark("friend"), "neutral": mark("neutral"), "hostile": mark("hostile")}
IDENTITY_LABELS: Final = {
    "pending": mark("pending"),
    "unknown": mark("unknown"),
    "assumed-friend": mark("assumed friend"),
    "friend": mark("friend"),
    "neutral": mark("neutral"),
    "suspect": mark("suspect"),
    "hostile": mark("hostile"),
}
EVIDENCE_LABELS: Final = {
    "military-reply": mark("replied to the military interrogation"),
    "no-military-reply": mark("no military reply"),
    "civil-reply": mark("replied to the civil interrogation"),
    "no-civil-reply": mark("no civil reply"),
    "in-corridor": mark("inside a corridor"),
    "off-corridor": mark("outside every corridor"),
    "hostile-kinematics": mark("flies like an attacker"),
    "hostile-origin": mark("came from a hostile direction"),
    "flight-plan": mark("matches a flight plan"),
    "told": mark("identity told over a link"),
    "operator-error": mark("operator's error"),
    "interrogator-out": mark("interrogator out of order"),
    "airspace-order": mark("matches the airspace order"),
    "national-reply": mark("replied to the national interrogation"),
    "no-national-reply": mark("no national reply"),
    "squawk-as-filed": mark("squawks the code that was filed"),
    "squawk-other": mark("squawks another code than was filed"),
    "squawk-emergency": mark("squawks an emergency"),
    "squawk-hijack": mark("squawks a hijack"),
    "formation-friend": mark("flies with a friend"),
    "formation-hostile": mark("flies with a hostile"),
    "no-hostile-kinematics": mark("does not fly like an attacker"),
    "no-hostile-origin": mark("did not come from a hostile direction"),
    "no-flight-plan": mark("matches no flight plan"),
    "no-airspace-order": mark("outside the airspace order"),
}
WEAPON_CONTROL_LABELS: Final = {
    "hold": mark("weapons hold"),
    "tight": mark("weapons tight"),
    "free": mark("weapons free"),
}
DECISION_LABELS: Final = {
    "engage": mark("engage"),
    "no-engage": mark("do not engage"),
    "abort": mark("break off"),
    "launch": mark("launch"),
    "assess-kill": mark("assessed as killed"),
    "assess-miss": mark("assessed as missed"),
}
REASON_LABELS: Final = {
    "none": mark("no reason recorded"),
    "identity": mark("identity does not allow it"),
    "weapon-control": mark("weapon control status does not allow it"),
    "out-of-reach": mark("out of reach"),
    "too-high": mark("too high"),
    "too-low": mark("too low"),
    "too-fast": mark("too fast"),
    "masked": mark("its engagement radar does not hold it: masked, below the horizon or too faint"),
    "not-detected": mark("not detected"),
    "no-channel": mark("no free channel"),
    "no-missile": mark("no missile left"),
    "engaged-by-self": mark("already engaged by itself"),
    "engaged-by-other": mark("already engaged by another battery"),
    "unit-down": mark("unit out of action"),
    "track-lost": mark("track lost"),
    "order-awaited": mark("waiting for an order"),
    "identity-changed": mark("identity changed"),
    "salvo-complete": mark("salvo complete"),
    "not-a-threat": mark("not a threat"),
    "no-order": mark("cut off from the post that orders"),
    "order-refused": mark("the order was refused"),
    "zone": mark("weapon control of a zone does not allow it"),
    "range-gate": mark("outside the ranges at which it fires"),
    "fire-held": mark("waits for a better moment"),
    "assigned-other": mark("assigned to another battery"),
    "suppressed": mark("suppressed: attacked a short while before, it opened no engagement"),
    "low-kill": mark("kill probability below what its doctrine asks for"),
}
CAUSE_LABELS: Final = {  # of egide.analysis.reasons: those that follow from the tables, and every reason
    **REASON_LABELS,
    "never-seen": mark("no radar ever saw it"),
    "never-tracked": mark("seen, but no firm track came to its picture"),
    "never-declared": mark("tracked, but nobody had declared what it was"),
    "held-mild": mark("held for a friend or a neutral"),
    "never-near": mark("never within the reach of a battery that could shoot"),
    "late": mark("the decision or the order came too late"),
    "missed": mark("shot at and missed"),
    "not-assessed": mark("shot at and missed, and not assessed in time for another shot"),
    "called-kill": mark("taken for killed while it flew on"),
}
MISTAKE_LABELS: Final = {
    "no-reply": mark("its transponder was out of order"),
    "interrogator-out": mark("the battery's interrogator was out of order"),
    "foreign-iff": mark("the battery does not ask in a mode that it answers"),
    "stale-track": mark("the track was not where the object was"),
    "wrong-correlation": mark("the identity was another object's"),
    "rule": mark("the rules let the battery fire at what was not declared hostile"),
    "lost-picture": mark("another network knew, and this one was not told"),
    "operator-error": mark("an operator erred"),
}
UNSEEN_LABELS: Final = {
    "below-horizon": mark("below its horizon"),
    "masked": mark("masked by terrain"),
    "faint": mark("in plain sight, but too far for its size, outside the sector, or the radar was down"),
}
RESULT_LABELS: Final = {
    "kill": mark("kill"),
    "miss": mark("miss"),
    "target-already-dead": mark("target already dead"),
    "out-of-reach": mark("out of reach"),
    "no-object": mark("no object there"),
    "unguided": mark("guidance lost"),
}
FATE_LABELS: Final = {
    "survived": mark("survived"),
    "killed": mark("killed"),
    "leaked": mark("leaked through"),
    "not-arrived": mark("had not arrived at the end"),
}
TRACK_EVENT_LABELS: Final = {
    "start": mark("track started"),
    "firm": mark("track firm"),
    "update": mark("track updated"),
    "drop": mark("track dropped"),
}
BASIS_LABELS: Final = {"stated": mark("stated"), "derived": mark("derived"), "assumed": mark("assumed")}


def told(labels: Mapping[str, str], code: str, say: Translator) -> str:
    """The word of a code in a language; the code itself where it has none."""
    return say(labels[code]) if code in labels else code
