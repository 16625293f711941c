"""The jars of Kafka's broker: pinned, verified, fetched by whoever first starts one.

What Spark brings (Scala, Jackson, logging, compression) and the jar of Kafka's clients, which is
among those that Spark's source needs, are not fetched twice.
"""

from __future__ import annotations

from pathlib import Path

from lakeshell.config import Config
from lakeshell.engine.ivy import FetchProgress
from lakeshell.engine.jars import (
    Jar,
    cache_folder,
    ensure_jars,
    fetch_pinned,
    fetching,
    pyspark_jars,
    sha256,
)
from lakeshell.engine.java import Java
from lakeshell.errors import JarsMissing

# What kafka_2.13 needs to run as one node with KRaft; no Zookeeper, no Streams, no Connect.
PINNED: tuple[Jar, ...] = (
    Jar("com.fasterxml.jackson.dataformat", "jackson-dataformat-csv", "2.16.2", 102033,
        "01a04610def154c50369e8bcd7c5ae1401579f591aa55e88f05093447e24d490"),
    Jar("com.fasterxml.jackson.datatype", "jackson-datatype-jdk8", "2.16.2", 36119,
        "3e9b1b59f638b487b5ae0e2f4190fc98f72b0bf661324e7dfc71a69f6b9d4e29"),
    Jar("com.github.ben-manes.caffeine", "caffeine", "2.9.3", 912143,
        "1e0a7bbef1dd791653143f3f05d0e489934bf5481e58a87c9e619cd46b68729b"),
    Jar("com.typesafe.scala-logging", "scala-logging_2.13", "3.9.5", 61858,
        "87a3017d3f43e6ace7566fe4c3d615134c6914ff871c8d64bb32ca1d996d0545"),
    Jar("com.yammer.metrics", "metrics-core", "2.2.0", 82123,
        "6b7a14a6f34c10f8683f7b5e2f39df0f07b58c7dff0e468ebbc713905c46979c"),
    Jar("commons-validator", "commons-validator", "1.10.1", 203132,
        "ed74711a78d793ca37f6075e4a1e93d107233dfd20d0bb17e32bad88d38e56aa"),
    Jar("net.sf.jopt-simple", "jopt-simple", "5.0.4", 78146,
        "df26cc58f235f477db07f753ba5a3ab243ebe5789d9f89ecf68dd62ea9a66c28"),
    Jar("net.sourceforge.argparse4j", "argparse4j", "0.7.0", 90347,
        "65ceb669d88f63306c680f8088bbf765bbca72d288a61a03703000076c3d3f56"),
    Jar("org.apache.kafka", "kafka-group-coordinator", "3.9.2", 548538,
        "d4d57f0955895cc38381f346f5ff7eba487afafa5ba264804af18393305b32fd"),
    Jar("org.apache.kafka", "kafka-group-coordinator-api", "3.9.2", 12604,
        "bd903ba506c8309401a331ef1b826612d1cb95862879551031428da5cf50eab6"),
    Jar("org.apache.kafka", "kafka-metadata", "3.9.2", 867907,
        "ffe970aee12f00df4b0162f31c719df7c412f9207c166a74cef6611be25a255e"),
    Jar("org.apache.kafka", "kafka-raft", "3.9.2", 288382,
        "f897533828e55ac466a5b183a25dccbe5a7b97c02162dac38e25338feddfe422"),
    Jar("org.apache.kafka", "kafka-server", "3.9.2", 108024,
        "4f8667dbd664c4b0906e05499cfdc5f558f14c098b77fa6c09656cceb62a63ef"),
    Jar("org.apache.kafka", "kafka-server-common", "3.9.2", 294396,
        "0374b3f13c3c4b7fd446d35df1ccb0c60931ea27d4972b4de1bb1d548a87f5b2"),
    Jar("org.apache.kafka", "kafka-storage", "3.9.2", 359015,
        "8a3d7b67dfcd34b1334d4994ed4106ba9c9b37ebcbb177ac47ff44050e8ab84b"),
    Jar("org.apache.kafka", "kafka-storage-api", "3.9.2", 26870,
        "565ab8540b50c7f00ea62c77a6639237ed3a80550245be70dc733f157cd280d6"),
    Jar("org.apache.kafka", "kafka-tools-api", "3.9.2", 9052,
        "501ac034b93853c3dcba4b49e32c7c795de109a96b8ab6d59a9ab19e6ef11491"),
    Jar("org.apache.kafka", "kafka-transaction-coordinator", "3.9.2", 30916,
        "d6ca25648111dfd11f76d3d0f7f51a9458784b645f4e56ce34fbc58d9c9d0296"),
    Jar("org.apache.kafka", "kafka_2.13", "3.9.2", 4727916,
        "dddf49b18c931301fece0048a76d6b0956c36c8b1d1fc721bfed318aa6ee3e4f"),
    Jar("org.pcollections", "pcollections", "4.0.1", 73684,
        "1f82766d7c3221930854033bebff5073ea46b43f27326074bbe15d148c18bfb3"),
    Jar("org.scala-lang.modules", "scala-java8-compat_2.13", "1.0.2", 640088,
        "90d5b13656be93fb779b8d7c723efa2498a34af06273bb5204afb65f85a20c1b"),
)  # fmt: skip

TOTAL_BYTES = sum(jar.size for jar in PINNED)


def broker_class_path(
    config: Config, java: Java, progress: FetchProgress | None = None
) -> list[Path]:
    """Everything the broker loads, fetched first if need be.

    Raises JarsMissing for what cannot be had or is not what was pinned.
    """
    cache = cache_folder(config.jars.cache)
    repository = config.jars.repository
    spark = ensure_jars(cache, java, repository=repository, progress=progress)
    clients = [path for path in spark if path.name.startswith("kafka-clients-")]
    own = _ensure(cache, java, repository, progress)
    return [*own, *clients, *pyspark_jars()]


def missing_jars(cache: Path) -> list[Jar]:
    """The pinned ones that are absent from `cache` or have other content."""
    return [jar for jar in PINNED if not _is_there(_place(cache, jar), jar)]


def _ensure(
    cache: Path, java: Java, repository: str | None, progress: FetchProgress | None
) -> list[Path]:
    if missing_jars(cache):
        with fetching(cache):
            missing = missing_jars(cache)
            if missing:
                _fetch(missing, cache, java, repository, progress)
    return [_place(cache, jar) for jar in PINNED]


def _fetch(
    missing: list[Jar],
    cache: Path,
    java: Java,
    repository: str | None,
    progress: FetchProgress | None,
) -> None:
    folder = cache / "kafka"
    folder.mkdir(exist_ok=True)
    why = fetch_pinned(missing, folder, cache, java, repository, progress)
    still = missing_jars(cache)
    if still:
        names = "\n".join(f"  {jar.coordinate}" for jar in still)
        raise JarsMissing(
            f"{len(still)} of the {len(PINNED)} jars of Kafka's broker could not be fetched:\n"
            f"{names}" + (f"\n{why}" if why else ""),
            hint="Check the network or [jars] repository. On a machine without a network, copy the "
            f"folder kafka of another machine's cache to {cache}.",
        )


def _place(cache: Path, jar: Jar) -> Path:
    return cache / "kafka" / jar.file_name


def _is_there(path: Path, jar: Jar) -> bool:
    return path.is_file() and path.stat().st_size == jar.size and sha256(path) == jar.sha256
