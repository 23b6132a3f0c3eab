"""Archives in bulk: `retypeset archive`.

    sources -> members -> run -> engine -> keeper | worker -> work
                           |                                   |
                         ledger  <-  publish  <----------------+

    tasks      what passes between the processes: tasks, results, limits
    sources    what was named on the command line -> files, local or elsewhere
    members    a file -> the filings inside it
    work       one task -> results, the outputs set aside; `worker` is the process that does it
    keeper     looks after one worker: crashes, hangs, memory
    engine     hands batches of tasks to keepers, here or on a cluster
    publish    what was set aside takes its place; where that is
    ledger     what became of every filing
    run        all of it in order, stopping included
    display    what people and programs are told of it; `command` is the command itself

Nothing here is imported before `retypeset archive` is called, but for `command`, which imports the rest when it runs.
"""
