"""Beyond one machine: the service's engines in processes of their own, here or on a cluster.

The application is the same. Its front doors (:mod:`service.app`) open their engines at
:mod:`service.scaling.remote` instead of loading them; those ask :mod:`service.scaling.replicas`,
which hold what was loaded. :mod:`service.scaling.cluster` alone knows Ray Serve, which starts,
counts, restarts and finds the replicas.

An utterance stays with the replica that hears it. Its front door keeps the audio for as long as it
lasts, so that another replica can take it over from its beginning where one is lost.
"""
