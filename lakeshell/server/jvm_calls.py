"""Asking many Java objects the same question in one round trip.

A py4j call takes a fifth of a millisecond, and twenty streams have many things to say every second.
Java's own streams can do the loop, if they are given functions, and a method handle in a proxy is
one: no code of ours runs in the JVM.
"""

from __future__ import annotations

from typing import Any

_SEPARATOR = "\x1e"


class TextOfAll:
    """The texts that a chain of no-argument methods gives for every object of a Java collection.

    `methods` are pairs of class name and method name, applied one after the other; the last must
    give a String. Objects for which one of them gives null are passed over.
    """

    def __init__(self, gateway: Any, *methods: tuple[str, str]) -> None:
        jvm = gateway.jvm
        self._functions = [_function(gateway, *method) for method in methods]
        self._present = _proxy(
            jvm,
            "java.util.function.Predicate",
            _unreflected(gateway, "java.util.Objects", "nonNull", "java.lang.Object"),
        )
        self._joining = jvm.java.util.stream.Collectors.joining(_SEPARATOR)

    def __call__(self, collection: Any) -> list[str]:
        """The texts, in the collection's order."""
        stream = collection.stream()
        for function in self._functions:
            stream = stream.map(function).filter(self._present)
        text = str(stream.collect(self._joining))
        return text.split(_SEPARATOR) if text else []


def _function(gateway: Any, class_name: str, method: str) -> Any:
    handle = _unreflected(gateway, class_name, method)
    return _proxy(gateway.jvm, "java.util.function.Function", handle)


def _unreflected(gateway: Any, class_name: str, method: str, *parameters: str) -> Any:
    jvm = gateway.jvm
    types = gateway.new_array(jvm.java.lang.Class, len(parameters))
    for index, name in enumerate(parameters):
        types[index] = _class(jvm, name)
    found = _class(jvm, class_name).getMethod(method, types)
    return jvm.java.lang.invoke.MethodHandles.publicLookup().unreflect(found)


def _proxy(jvm: Any, interface: str, handle: Any) -> Any:
    return jvm.java.lang.invoke.MethodHandleProxies.asInterfaceInstance(
        _class(jvm, interface), handle
    )


def _class(jvm: Any, name: str) -> Any:
    # Without the context's loader, Class.forName would look where py4j itself was loaded.
    loader = jvm.java.lang.Thread.currentThread().getContextClassLoader()
    return jvm.java.lang.Class.forName(name, True, loader)
