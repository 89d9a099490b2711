"""The policy files: both halves alike, five sections, no forbidden sentence, readable changes."""

from pathlib import Path

import pytest

from privacy import policy
from privacy.checks import require_complete
from privacy.policy import PolicyFault, load
from privacy.policy_checks import NEVER, faults, forbidden, policies_are_usable
from privacy.policy_diff import difference, sentences
from privacy.promises import words
from privacy.purposes import PURPOSES
from tests.privacy.policies import Edit, copied, edit, second


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the policies to break."""
    return copied(tmp_path)


def test_the_policies_of_the_house_are_usable(db: None) -> None:
    assert policies_are_usable() == []
    assert faults() == []


@pytest.mark.promise("P65")
def test_the_policy_has_its_five_sections_in_both_languages() -> None:
    for version in policy.versions()[policy.POLICY]:
        for language in policy.LANGUAGES:
            found = list(policy.sections_of(version.texts[language]))
            assert [anchor for anchor, _t, _b in found] == [
                "uses",
                "recipients",
                "choices",
                "security",
                "correction",
            ]
            assert all(len(body) > 200 for _a, _t, body in found)


@pytest.mark.promise("P65")
@pytest.mark.parametrize(
    ("name", "change", "fault"),
    [
        ("policy-1.id.md", None, "policy-1 lacks its half policy-1.id.md."),
        ("terms-1.id.md", None, "terms-1 lacks its half terms-1.id.md."),
        ("policy-1.id.md", lambda t: t.replace("[P9]", ""), "the tags of 'uses' differ"),
        ("policy-1.id.md", lambda t: t.replace("{#security}", "{#safety}"), "different sections"),
        ("policy-1.id.md", lambda t: t.replace("2026-11-01", "2026-12-01"), "'effective_at'"),
        ("policy-1.en.md", lambda t: t.replace("material = true\n", ""), "lacks 'material'"),
        ("policy-1.en.md", lambda t: t.replace("+++\n", "", 1), "must begin with a front matter"),
        ("policy-1.en.md", lambda t: t.replace("title =", "title"), "no TOML"),
        ("policy-1.en.md", lambda t: t.replace("+07:00", ""), "must name its offset"),
    ],
)
def test_a_half_that_is_missing_or_differs_is_refused(
    folder: Path, name: str, change: Edit | None, fault: str
) -> None:
    assert faults(folder) == []
    if change is None:
        (folder / name).unlink()
    else:
        edit(folder, name, change)
    assert len(found := faults(folder)) == 1
    assert fault in found[0]
    with pytest.raises(PolicyFault):
        load(folder)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda t: t.replace("[P9]", "[P99]"), "there is no promise P99"),
        (lambda t: t.replace('"whatsapp"', '"whatsup"'), "there is no purpose whatsup"),
        (lambda t: t.replace(', "whatsapp"', ""), "does not cover whatsapp"),
        (lambda t: t.replace("## 4. ", "4. "), "must have the sections"),
    ],
)
def test_what_both_halves_get_wrong_is_refused(folder: Path, change: Edit, fault: str) -> None:
    for language in policy.LANGUAGES:
        edit(folder, f"policy-1.{language}.md", change)
    assert any(fault in each for each in faults(folder))


def test_server_and_worker_do_not_start_on_a_half_policy(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    require_complete()
    (folder / "policy-1.id.md").unlink()
    broken = faults(folder)
    monkeypatch.setattr("privacy.policy_checks.faults", lambda: broken)
    with pytest.raises(SystemExit, match="lacks its half policy-1.id.md"):
        require_complete()


def test_a_gap_in_the_numbers_and_a_stray_file_are_refused(folder: Path) -> None:
    (folder / "notes.md").write_text("x")
    assert "notes.md is no policy file" in faults(folder)[0]
    (folder / "notes.md").unlink()
    for language in policy.LANGUAGES:
        (folder / f"policy-1.{language}.md").rename(folder / f"policy-3.{language}.md")
    assert "numbered 1, 2, 3" in faults(folder)[0]


SAID_ELSEWHERE = {
    "P18": ("You must accept cookies.", "Anda wajib menerima kuki."),
    "P19": (
        "Cookies are not linked to personal data.",
        "Kuki tidak dikaitkan dengan data pribadi.",
    ),
    "P21": ("We do not respond to Do Not Track.", "Kami tidak menanggapi sinyal Do Not Track."),
    "P43": ("only your device and ours can read it", "hanya gawai Anda dan kami yang membacanya"),
    "P57": ("persons under 13", "anak di bawah 13 tahun"),
    "P64": ("By using the site you agree.", "Dengan menggunakan situs, Anda setuju."),
}


@pytest.mark.promise("P19")
@pytest.mark.promise("P43")
def test_the_policy_says_none_of_the_forbidden_sentences() -> None:
    for code, said in SAID_ELSEWHERE.items():
        for sentence in said:
            assert forbidden(f"Something. {sentence} More.") == [code]
    assert {code for code, _pattern in NEVER} == {*SAID_ELSEWHERE, "P12"}
    for versions in policy.versions().values():
        for version in versions:
            for text in version.texts.values():
                assert forbidden(text) == []


def test_every_tagged_sentence_names_a_promise_and_the_halves_count_alike() -> None:
    for versions in policy.versions().values():
        for version in versions:
            tags = {lang: policy.TAG.findall(text) for lang, text in version.texts.items()}
            assert tags["id"] == tags["en"]
            assert set(tags["id"]) <= set(words())
    newest = policy.versions()[policy.POLICY][-1]
    assert set(newest.purposes) == set(PURPOSES)


def test_the_hash_is_of_both_halves(folder: Path) -> None:
    before = load(folder)[policy.POLICY][0].hash
    edit(folder, "policy-1.id.md", lambda t: t.replace("Kebijakan ini", "Naskah ini", 1))
    assert load(folder)[policy.POLICY][0].hash != before
    assert before == policy.current().hash


def test_the_difference_is_readable(folder: Path) -> None:
    second(
        folder,
        lambda t: t.replace("after 30 days the record", "after 7 days the record").replace(
            "We do not ask for card numbers, and a card", "A new sentence stands here. A card"
        ),
    )
    old, new = load(folder)[policy.POLICY]
    changed = {s.anchor: s for s in difference(old, new, "en") if s.count}
    assert set(changed) == {"uses", "recipients"}
    (edited,) = [c for c in changed["uses"].changes if c.kind != "same"]
    assert edited.kind == "edit"
    assert [(p.kind, p.text) for p in edited.parts if p.kind != "same"] == [
        ("gone", "30"),
        ("new", "7"),
    ]
    assert edited.tags == ("P8",)
    kinds = [c.kind for c in changed["recipients"].changes if c.kind != "same"]
    assert "new" in kinds
    assert all(section.count == 0 for section in difference(old, old, "id"))
    assert all(section.count == 0 for section in difference(old, new, "id"))


def test_a_sentence_keeps_its_tags() -> None:
    text = "One thing. [P1] Two things, [P2] and three. [P3]\n\nFour [P4]"
    assert sentences(text) == [
        "One thing. [P1]",
        "Two things, [P2] and three. [P3]",
        "Four [P4]",
    ]
