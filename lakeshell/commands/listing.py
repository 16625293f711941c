"""The built-in commands by name: data only, so that `lakeshell --help` loads nothing."""

from __future__ import annotations

# (name, module in lakeshell.commands, summary). The module has the command as `<name>_command`,
# with `_` for `-`.
COMMANDS: tuple[tuple[str, str, str], ...] = (
    ("help", "help", "List the commands, or explain one"),
    ("tables", "tables", "List tables and views"),
    ("describe", "tables", "Show the columns of a table"),
    ("ddl", "tables", "Print the CREATE statement of a table"),
    ("preview", "preview", "Show the first rows of a table"),
    ("profile", "preview", "Say what is in every column of a table or query"),
    ("explain", "preview", "Show how Spark would run a statement"),
    ("chart", "chart", "Draw a query: bar, line, scatter, histogram"),
    ("history", "history", "Show the versions of a Delta table"),
    ("detail", "history", "Show where a Delta table lies and how it is set up"),
    ("files", "history", "List the data files of a Delta table"),
    ("diff", "diff", "Show what changed between two versions"),
    ("optimize", "maintenance", "Merge the small files of a Delta table"),
    ("vacuum", "maintenance", "Delete files that a Delta table no longer uses"),
    ("restore", "maintenance", "Go back to an older version of a Delta table"),
    ("streams", "streams", "List the streaming queries, or recover those of a crash"),
    ("stream", "streams", "Stop, restart or show a streaming query"),
    ("kafka", "kafka", "Run a Kafka broker for learning; write and read messages"),
    ("run", "run", "Run a notebook or a script with parameters"),
    ("check", "check", "Say which statements of a file run here"),
    ("export", "export", "Write a query's rows to a file"),
    ("import", "imports", "Make a Delta table of a file"),
    ("fs", "fs", "List, read, copy and delete lakehouse files"),
    ("secrets", "secrets", "Keep values that notebooks read and nobody sees"),
    ("set", "settings", "Set an option, a Spark setting or a variable"),
    ("unset", "settings", "Forget a variable, reset an option or setting"),
    ("timing", "settings", "Show how long statements take, or not"),
    ("sh", "shell", "Run a command in the system's shell"),
    ("pip", "pip", "Install packages for Python cells"),
    ("md", "shell", "Print a Markdown cell as plain text"),
    ("plugins", "plugins", "List plugins, or tell about one"),
    ("server", "admin", "Start, stop and look at the lakehouse's server"),
    ("setup", "admin", "Fetch what the first start needs, ahead of time"),
    ("mounts", "mounts", "List which folders /mnt, dbfs:/, s3://… lead to"),
    ("jars", "jars", "Add JDBC drivers and other jars to the server"),
    ("doctor", "doctor", "Check the installation and say how to mend it"),
    ("init", "admin", "Make a lakehouse in a project folder"),
    ("demo", "admin", "Write demo data, or let demo streams run"),
)

# The modules of each topic, in the order of %help.
TOPICS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Looking at data", ("tables", "preview", "chart")),
    ("Delta tables", ("history", "diff", "maintenance")),
    ("Streams", ("streams", "kafka")),
    ("Files", ("run", "check", "export", "imports", "fs")),
    ("The shell", ("help", "settings", "shell", "pip", "plugins")),
    ("The lakehouse", ("admin", "mounts", "secrets", "jars", "doctor")),
)
