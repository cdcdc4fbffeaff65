"""The report as JUnit XML for CI servers: a case fails by its new failures, an unscored one is an error."""

from collections.abc import Mapping, Sequence
from xml.etree import ElementTree

from evals.gating import Verdict
from evals.report.markup import printable
from evals.report.tables import heading
from evals.results import CaseResult, Failure, Run


def junit_xml(head: Run, verdict: Verdict | None = None) -> str:
    """The cases of a run; with a verdict only the failures that are new count, and known ones are told as output.

    The verdict is a test of its own: a rate may be lost without any case that fails newly.
    """
    new = None if verdict is None else {one.id: one.failures for one in verdict.new}
    root = ElementTree.Element("testsuites", name=printable(f"evals, {head.meta.composer}"))
    if verdict is not None:
        _add_verdict(ElementTree.SubElement(root, "testsuite", name="verdict"), verdict)
    for kind in dict.fromkeys(case.kind for case in head.cases):
        suite = ElementTree.SubElement(root, "testsuite", name=printable(kind))
        for case in head.cases:
            if case.kind == kind:
                _add(suite, case, new)
    for counted in (root, *root.findall("testsuite")):
        counted.set("tests", str(len(list(counted.iter("testcase")))))
        counted.set("failures", str(len(list(counted.iter("failure")))))
        counted.set("errors", str(len(list(counted.iter("error")))))
    ElementTree.indent(root)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written.decode() + "\n"


def _add_verdict(suite: ElementTree.Element, verdict: Verdict) -> None:
    test = ElementTree.SubElement(suite, "testcase", classname="evals", name="gate", time="0")
    if verdict.code:
        failure = ElementTree.SubElement(test, "failure", type=verdict.code.name.lower(), message=heading(verdict))
        failure.text = printable("\n".join(verdict.reasons))


def _add(suite: ElementTree.Element, case: CaseResult, new: Mapping[str, Sequence[Failure]] | None) -> None:
    name = f"{case.id} (epoch {case.epoch})" if case.epoch else case.id
    test = ElementTree.SubElement(
        suite, "testcase", classname=f"evals.{printable(case.kind)}", name=printable(name), time=f"{case.seconds:.3f}"
    )
    if case.state == "unscored":
        ElementTree.SubElement(test, "error", type="unscored", message=printable(case.why))
        return
    failing = [failure for failure in case.failures if new is None or failure in new.get(case.id, ())]
    if failing:
        first = failing[0]
        failed = ElementTree.SubElement(test, "failure", type=printable(first.kind), message=printable(first.message))
        failed.text = printable("\n\n".join(map(_told, failing)))
    if known := [failure for failure in case.failures if failure not in failing]:
        ElementTree.SubElement(test, "system-out").text = printable("Known:\n" + "\n\n".join(map(_told, known)))


def _told(failure: Failure) -> str:
    return f"{failure.severity} {failure.kind}: {failure.message}\nbriefing: {failure.source}\nanswer: {failure.claim}"
