"""Background work: tasks enqueued with the data they are about, run by processes that may be killed at any instant.

A thin seam over django-tasks and its database backend. A task is a module-level function under `django_tasks.task` that
takes JSON arguments and can be run again; ``task.enqueue(…)`` writes one row in the caller's transaction, so the task
exists exactly when the data does. What the engine lacks is here: a *lease* on each running task, renewed by the
worker's parent process; a *reaper* that gives a dead worker's task back; bounded tries with growing pauses, after which
the task has failed and says why; *periodic* steps as data (`settings.SCHEDULE`); a *supervisor* that runs N worker
processes. Refuses to take a task from a worker whose lease holds, and to write the result of one whose lease is lost.

Where one machine is not enough, the rows are an outbox: a *relay* (`relay`) takes them with `handing.hand` and sends a
message with the id of each; a Celery worker (`broker.work`) looks at the row, begins the task with `handing.begin`,
calls the same function and settles with `leases.finish` or `leases.fail`; its parent, the same supervisor, keeps it
with `leases.extend`. A message that the broker lost is a lease in the relay's name that runs out, which costs no try;
one that comes twice is begun once. One of several relays keeps the schedule (`handing.lead`). No task's code knows of
any of it.
"""
