/* The only file of the core that knows threads. */
#ifndef TOT_BASE_PARALLEL_H
#define TOT_BASE_PARALLEL_H

#include <stddef.h>

#include "base/status.h"

/* One independent piece of work. Pieces may run in any order, on any thread: each writes only to
 * places of its own, and whoever adds results up does it afterwards, in order of `index`. Then the
 * result has the same bits for any number of threads. `worker` (< threads) tells which scratch
 * memory the piece may use. */
typedef void tot_task(void *context, size_t index, size_t worker);

/* Runs task(context, 0 ... count-1, worker) on up to `threads` threads, the caller being one of
 * them, and returns when all are done. When threads cannot be had it goes on with fewer. */
void tot_parallel_for(size_t threads, size_t count, tot_task *task, void *context);

/* A piece of work that may fail. */
typedef tot_status tot_fallible_task(void *context, size_t index, tot_error *error);

/* Runs task(context, 0 ... count-1, error) likewise. All are run; the first failure, in the order
 * of `index`, decides the status, and its message begins with "WHAT NUMBER: ", counted from 1. */
tot_status tot_parallel_try(size_t threads, size_t count, const char *what, tot_fallible_task *task,
                            void *context, tot_error *error);

/* Threads that wait for work. Where pieces are so short that starting threads would take a share of
 * the time, a team is kept from one loop to the next. One caller at a time. */
typedef struct tot_team tot_team;

/* A team of `threads` with the caller; with fewer when threads or memory cannot be had. NULL is a
 * team, too: of the caller alone. */
tot_team *tot_team_create(size_t threads);
void tot_team_free(tot_team *team); /* accepts NULL */

/* As tot_parallel_for, on as many of the team as `threads` says. */
void tot_team_for(tot_team *team, size_t threads, size_t count, tot_task *task, void *context);

/* One piece of work on a thread of its own, while the caller goes on. */
typedef struct tot_background tot_background;

/* Runs run(context) there; NULL when neither thread nor memory could be had: the work is done then,
 * by the caller's thread. */
tot_background *tot_background_start(void (*run)(void *context), void *context);

/* Returns when it is done, and frees; accepts NULL. */
void tot_background_wait(tot_background *background);

/* Processors that this process may use, at least 1. */
size_t tot_processor_count(void);

#endif
