"""Background work: tasks enqueued with the data they are about, run by processes that may be killed at any instant.

A thin seam over django-tasks and its database backend. A task is a module-level function under `django_tasks.task` that
takes JSON arguments and can be run again; ``task.enqueue(…)`` writes one row in the caller's transaction, so the task
exists exactly when the data does. What the engine lacks is here: a *lease* on each running task, renewed by the
worker's parent process; a *reaper* that gives a dead worker's task back; bounded tries with growing pauses, after which
the task has failed and says why; *periodic* steps as data (`settings.SCHEDULE`); a *supervisor* that runs N worker
processes. Refuses to take a task from a worker whose lease holds, and to write the result of one whose lease is lost.

Where one machine is not enough, the rows are an outbox: a relay claims them with `leases.claim`, hands path and
arguments to a Celery task that resolves and calls the same function, and Celery's worker settles the claim with
`leases.finish` or `leases.fail` and keeps it with `leases.extend`. A message lost by the broker is then a lease that
runs out, and the reaper gives the task to the relay again; no task code changes.
"""
