"""Built-in functions of Databricks that open-source Spark lacks.

On Databricks a built-in function comes before a person's own of the same name, so a call by the
bare name always means the built-in one; `schema.iff(…)` is the person's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import partial

from lakeshell.dialect.calls import calls, is_table
from lakeshell.dialect.dialect import edited
from lakeshell.dialect.ledger import Fate, handled, unsupported
from lakeshell.dialect.objects.memberships import groups_of_mine
from lakeshell.dialect.reader import Reader
from lakeshell.dialect.steps import Action, Answer, Edit, Engine, Refusal, Rewrite, Step
from lakeshell.sql.lexer import Token
from lakeshell.sql.names import quote_string

_MEMBER = "is_member(…), is_account_group_member(…)"
_METASTORE = "current_metastore()"
_AI = (
    "ai_query(…), ai_gen(…), ai_classify(…), ai_extract(…), ai_summarize(…), ai_translate(…), "
    "ai_analyze_sentiment(…), ai_fix_grammar(…), ai_mask(…), ai_similarity(…), ai_forecast(…), "
    "ai_parse_document(…)"
)
_RENAMED = {"IFF": "if", "CHARINDEX": "locate", "GETDATE": "now"}

_NO_STREAM = "it reads from a stream that lakeshell does not reach."
CONSTRUCTS = (
    handled("iff(…)", "is Spark's if(…).", "SELECT iff(a > 1, 'x', 'y') FROM t"),
    handled("charindex(…)", "is Spark's locate(…).", "SELECT charindex('b', name, 2) FROM t"),
    handled("getdate()", "is Spark's now().", "SELECT getdate()"),
    handled(_METASTORE, "there is one, the lakehouse's own.", "SELECT current_metastore()"),
    handled(
        _MEMBER,
        "you are in admins, in users and in the groups into which your user was put; a view "
        "remembers the answer of the moment in which it was made.",
        "SELECT CASE WHEN is_member('hr') THEN pay END FROM staff",
    ),
    unsupported(_AI, "no model is served on this machine.", "SELECT ai_summarize(text) FROM t"),
    unsupported(
        "vector_search(…)", "there is no vector index here.",
        "SELECT * FROM vector_search(index => 'a.b.c', query => 'x')",
    ),
    unsupported(
        "http_request(…)", "it goes through a connection of Unity Catalog; there are none here.",
        "SELECT http_request(conn => 'c', method => 'GET', path => '/')",
    ),
    unsupported(
        "remote_query(…)", "it goes through a connection of Unity Catalog; there are none here. "
        "A table USING jdbc reads another database.",
        "SELECT * FROM remote_query('c', query => 'SELECT 1')",
    ),
    unsupported(
        "event_log(…)", "there are no pipelines here yet.", "SELECT * FROM event_log('p')",
    ),
    unsupported(
        "read_kafka(…)", "Python reads Kafka here, by spark.readStream.format('kafka').",
        "SELECT * FROM read_kafka(bootstrapServers => 'h:9092', subscribe => 't')",
    ),
    unsupported("read_kinesis(…)", _NO_STREAM, "SELECT * FROM read_kinesis(streamName => 's')"),
    unsupported("read_pubsub(…)", _NO_STREAM, "SELECT * FROM read_pubsub(topicId => 't')"),
    unsupported("read_pulsar(…)", _NO_STREAM, "SELECT * FROM read_pulsar(topics => 't')"),
    unsupported(
        "read_statestore(…), read_state_metadata(…)",
        "Python reads a stream's state here, by spark.read.format('statestore').",
        "SELECT * FROM read_statestore('/checkpoint')",
    ),
    unsupported(
        "cloud_files_state(…)", "it tells of Auto Loader, which is not there yet.",
        "SELECT * FROM cloud_files_state('/checkpoint')",
    ),
    unsupported(
        "schema_of_json_agg(…)",
        "schema_of_variant_agg(parse_json(…)) tells the same in Spark's words.",
        "SELECT schema_of_json_agg(j) FROM t",
    ),
    unsupported(
        "zstd_compress(…), zstd_decompress(…), try_zstd_decompress(…)",
        "Spark has no such function.", "SELECT zstd_compress('x')",
    ),
    unsupported(
        "current_version(), current_recipient()",
        "nothing here is Databricks' runtime or a share; version() tells Spark's version.",
        "SELECT current_version()",
    ),
)  # fmt: skip

_MEMBERSHIPS = frozenset({"IS_MEMBER", "IS_ACCOUNT_GROUP_MEMBER"})
_REFUSED = {
    name.upper(): construct.name
    for construct in CONSTRUCTS
    if construct.fate is Fate.UNSUPPORTED
    for name in re.findall(r"\w+(?=\()", construct.name)
}
_TABLES = frozenset(
    ("VECTOR_SEARCH", "REMOTE_QUERY", "EVENT_LOG", "READ_KAFKA", "READ_KINESIS", "READ_PUBSUB",
     "READ_PULSAR", "READ_STATESTORE", "READ_STATE_METADATA", "CLOUD_FILES_STATE")
)  # fmt: skip


def whole(reader: Reader) -> Step | None:
    """A statement that calls what cannot be, or asks for memberships."""
    for at in calls(reader.tokens):
        name = reader.tokens[at].word
        construct = _REFUSED.get(name)
        if construct and (name not in _TABLES or is_table(reader.tokens, at)):
            return Refusal(construct)
    asked = [at for at in calls(reader.tokens) if reader.tokens[at].word in _MEMBERSHIPS]
    if not asked:
        return None
    return Action(_MEMBER, partial(_answer_memberships, reader.text, reader.tokens, asked))


def parts(text: str, tokens: Sequence[Token]) -> Iterable[Rewrite]:
    """Calls that only go by another name in Spark."""
    for at in calls(tokens):
        token = tokens[at]
        renamed = _RENAMED.get(token.word)
        if renamed is not None:
            ending = "()" if token.word == "GETDATE" else "(…)"
            edit = Edit(token.start, token.end, renamed)
            yield Rewrite(f"{token.word.lower()}{ending}", [edit])
        elif token.word == "CURRENT_METASTORE" and tokens[at + 2].text == ")":
            yield Rewrite(_METASTORE, [Edit(token.start, tokens[at + 2].end, "'lakeshell'")])


def _answer_memberships(
    text: str, tokens: Sequence[Token], asked: Sequence[int], engine: Engine
) -> Answer:
    """With every call replaced by a comparison with the groups in which the person is."""
    groups = ", ".join(quote_string(group) for group in groups_of_mine(engine.home))
    edits = []
    for at in asked:
        reader = Reader(text, tokens)
        reader.at = at + 1
        group = reader.group()
        end = reader.tokens[reader.at - 1].end
        edits.append(Edit(tokens[at].start, end, f"(lower({group}) IN ({groups}))"))
    if any(token.word == "VIEW" for token in tokens[:6]):
        engine.notice("The view remembers in which groups you are now; make it anew after changes.")
    return Answer(then=edited(text, edits))
