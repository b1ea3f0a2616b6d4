"""English phrases by which a message is read; see ``vefa.cases.lexicon``."""

from __future__ import annotations

from vefa.cases.case import Reason
from vefa.cases.words import ANGRY, EXCHANGE, MISSED, OWED, PRAISE, SAFETY, Row

ROWS: tuple[Row, ...] = (
    (
        PRAISE,
        """no damage | not damaged | undamaged | without damage | without any damage | not broken |
        nothing broken | not late | wasn't late | never late | no delay- | without delay | no problem- |
        without any problem- | no issue- | no complaint- | can't complain | cannot complain |
        not disappointed | didn't disappoint | did not disappoint | not bad | nothing missing |
        nothing was missing | no need to return""",
    ),
    (
        SAFETY,
        """caught fire | fire hazard | burned my | burnt my | burned her | burned him | sparks |
        electric shock | electrocut- | smoke came | smoke coming | started to smoke | started smoking |
        exploded | explode | overheat- | injur- | hurt my | cut my | bleeding | allergic | allergy |
        rash | poison- | hospital | choked | choking | toxic | dangerous | unsafe""",
    ),
    (
        Reason.DAMAGED,
        """broken | broke | damage- | crack- | crushed | dent | dents | dented | scratch- | shattered |
        smashed | torn | leak- | spilled | spilt | in pieces | bent | chipped""",
    ),
    (
        Reason.WRONG_ITEM,
        """wrong item | wrong product | wrong size | wrong colo- | wrong model | wrong one | wrong order |
        wrong book | wrong thing | the wrong | not what I ordered | different item | different product |
        different colo- | different model | different one | someone else's order | another customer's""",
    ),
    (
        Reason.MISSING_PART,
        """missing | not in the box | not in the package | not in the parcel | wasn't included |
        was not included | incomplete | only received | only got | only one of | only half |
        forgot to put | left out | one short""",
    ),
    (
        OWED,
        """refund has not | refund hasn't | not refunded | not been refunded | haven't been refunded |
        refund is late | waiting for my refund | waiting for a refund | where is my refund |
        where's my refund | refund still | not received my refund | haven't received my refund |
        haven't received the refund | money back yet | refund is delayed | charged twice |
        charged me twice | double charged | overcharged""",
    ),
    (
        MISSED,
        """not arrive on time | not arrive in time | not delivered on time | not come on time |
        not arrived on time""",
    ),
    (
        Reason.NOT_RECEIVED,
        """never arrived | not arrived | hasn't arrived | didn't arrive | did not arrive | not arrive |
        never came | hasn't come | not received | haven't received | didn't receive | did not receive |
        never received | never got | not been delivered | not delivered | wasn't delivered |
        never delivered | nothing arrived | nothing came | marked as delivered | says delivered |
        says it was delivered | shows delivered | lost parcel | parcel is lost | got lost | was stolen""",
    ),
    (
        Reason.QUALITY,
        """poor quality | bad quality | low quality | cheap quality | terrible quality | quality is bad |
        quality is poor | doesn't work | does not work | not working | stopped working | won't turn on |
        doesn't turn on | faulty | defect- | fell apart | falling apart | fake | counterfeit |
        not original | faded | shrank | shrunk | not as described | not as pictured | nothing like the |
        smells | flimsy | expired | stale | rotten | spoiled | mouldy | moldy""",
    ),
    (
        Reason.LATE,
        """late | delay- | took too long | taking too long | took ages | taking ages | overdue |
        slow delivery | slow shipping | not shipped | hasn't shipped | not been shipped |
        waiting for weeks | waiting for days | later than promised | should have arrived |
        supposed to arrive | should have been here | still waiting""",
    ),
    (Reason.REFUND, """refund- | money back | reimburse-"""),
    (Reason.CANCEL, """cancel-"""),
    (
        EXCHANGE,
        """exchange- | swap it | swap for | replace it | replacement | send me another | send a new one""",
    ),
    (
        Reason.RETURN,
        """return- | send it back | send them back | sending it back""",
    ),
    (
        Reason.SERVICE,
        """rude | unhelpful | no one answers | nobody answers | no one replies | nobody replies | no reply
        | no response | no answer | ignored | ignoring | hung up | unprofessional | nobody helps |
        won't answer""",
    ),
    (
        ANGRY,
        """terrible | awful | horrible | worst | disappoint- | unacceptable | disgust- | scam | fraud |
        angry | furious | complain- | ridiculous | shame on | never again | lawyer | not happy | unhappy
        | not satisfied | dissatisfied | fed up | rip off | ripoff | useless | waste of money | very bad
        | really bad""",
    ),
)
