#define _GNU_SOURCE
#include "base/parallel.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdatomic.h>

#include "base/memory.h"

enum { MAX_THREADS = 256 };

typedef struct work_queue {
    tot_task *task;
    void *context;
    size_t count;
    atomic_size_t next;
} work_queue;

typedef struct helper {
    tot_team *team;
    size_t index; /* as a worker; the caller is worker 0 */
    pthread_t handle;
} helper;

struct tot_team {
    pthread_mutex_t lock;
    pthread_cond_t begin, end;
    atomic_size_t round; /* of work; a helper looks at it without the lock, too */
    size_t invited;      /* helpers that take part in this round, the first ones */
    size_t busy;         /* of these, those that have not finished */
    bool dismissed;
    work_queue queue;
    size_t helper_count;
    helper helpers[];
};

static void work(work_queue *queue, size_t worker) {
    for (;;) {
        const size_t index = atomic_fetch_add(&queue->next, 1);
        if (index >= queue->count)
            return;
        queue->task(queue->context, index, worker);
    }
}

/* Looks, for some ten microseconds, whether the next round has begun: most follow at once, and to
 * be woken takes longer. */
static void watch(const tot_team *team, size_t round) {
    for (int k = 0; k < 2000 && atomic_load_explicit(&team->round, memory_order_relaxed) == round;
         k++)
        atomic_signal_fence(memory_order_seq_cst);
}

static void *help(void *argument) {
    const helper *self = argument;
    tot_team *team = self->team;
    for (size_t round = 0;;) {
        watch(team, round);
        pthread_mutex_lock(&team->lock);
        while (atomic_load(&team->round) == round && !team->dismissed)
            pthread_cond_wait(&team->begin, &team->lock);
        round = atomic_load(&team->round);
        const bool dismissed = team->dismissed, invited = self->index <= team->invited;
        pthread_mutex_unlock(&team->lock);
        if (dismissed)
            return NULL;
        if (!invited)
            continue;
        work(&team->queue, self->index);
        pthread_mutex_lock(&team->lock);
        if (--team->busy == 0)
            pthread_cond_signal(&team->end);
        pthread_mutex_unlock(&team->lock);
    }
}

/* Signals stay with the caller's thread, which belongs to the host program. */
static bool start_thread(pthread_t *handle, void *(*run)(void *), void *argument) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const bool started = pthread_create(handle, NULL, run, argument) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

tot_team *tot_team_create(size_t threads) {
    threads = threads > MAX_THREADS ? MAX_THREADS : threads;
    if (threads < 2)
        return NULL;
    tot_team *team = tot_allocate(1, sizeof *team + (threads - 1) * sizeof(helper));
    if (team == NULL)
        return NULL;
    pthread_mutex_init(&team->lock, NULL);
    pthread_cond_init(&team->begin, NULL);
    pthread_cond_init(&team->end, NULL);
    for (size_t k = 0; k + 1 < threads; k++) {
        team->helpers[k] = (helper){.team = team, .index = k + 1};
        if (!start_thread(&team->helpers[k].handle, help, &team->helpers[k]))
            break;
        team->helper_count++;
    }
    return team;
}

void tot_team_free(tot_team *team) {
    if (team == NULL)
        return;
    pthread_mutex_lock(&team->lock);
    team->dismissed = true;
    pthread_cond_broadcast(&team->begin);
    pthread_mutex_unlock(&team->lock);
    for (size_t k = 0; k < team->helper_count; k++)
        pthread_join(team->helpers[k].handle, NULL);
    pthread_cond_destroy(&team->end);
    pthread_cond_destroy(&team->begin);
    pthread_mutex_destroy(&team->lock);
    tot_free(team);
}

void tot_team_for(tot_team *team, size_t threads, size_t count, tot_task *task, void *context) {
    size_t invited = team == NULL ? 0 : team->helper_count;
    threads = threads > count ? count : threads;
    invited = threads < 1 ? 0 : invited > threads - 1 ? threads - 1 : invited;
    if (invited == 0) {
        work_queue queue = {task, context, count, 0};
        work(&queue, 0);
        return;
    }
    pthread_mutex_lock(&team->lock);
    team->queue.task = task;
    team->queue.context = context;
    team->queue.count = count;
    atomic_store(&team->queue.next, 0);
    team->invited = team->busy = invited;
    atomic_fetch_add(&team->round, 1);
    pthread_cond_broadcast(&team->begin);
    pthread_mutex_unlock(&team->lock);
    work(&team->queue, 0);
    pthread_mutex_lock(&team->lock);
    while (team->busy > 0)
        pthread_cond_wait(&team->end, &team->lock);
    pthread_mutex_unlock(&team->lock);
}

void tot_parallel_for(size_t threads, size_t count, tot_task *task, void *context) {
    tot_team *team = tot_team_create(threads > count ? count : threads);
    tot_team_for(team, threads, count, task, context);
    tot_team_free(team);
}

typedef struct fallible_work {
    tot_fallible_task *task;
    void *context;
    tot_status *statuses;
    tot_error *errors;
} fallible_work;

static void try_one(void *context, size_t index, size_t worker) {
    const fallible_work *self = context;
    (void)worker;
    self->statuses[index] = self->task(self->context, index, &self->errors[index]);
}

tot_status tot_parallel_try(size_t threads, size_t count, const char *what, tot_fallible_task *task,
                            void *context, tot_error *error) {
    fallible_work pieces = {task, context, tot_allocate(count, sizeof *pieces.statuses),
                            tot_allocate(count, sizeof *pieces.errors)};
    tot_status status = TOT_OK;
    if (pieces.statuses == NULL || pieces.errors == NULL) {
        status = tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu of %s", count, what);
        goto done;
    }
    tot_parallel_for(threads, count, try_one, &pieces);
    for (size_t k = 0; k < count && status == TOT_OK; k++)
        if (pieces.statuses[k] != TOT_OK)
            status = tot_fail(error, pieces.statuses[k], "%s %zu: %s", what, k + 1,
                              pieces.errors[k].message);
done:
    tot_free(pieces.statuses);
    tot_free(pieces.errors);
    return status;
}

struct tot_background {
    pthread_t handle;
    void (*run)(void *context);
    void *context;
};

static void *run_background(void *argument) {
    const tot_background *self = argument;
    self->run(self->context);
    return NULL;
}

tot_background *tot_background_start(void (*run)(void *context), void *context) {
    tot_background *self = tot_allocate(1, sizeof *self);
    if (self != NULL) {
        self->run = run;
        self->context = context;
        if (start_thread(&self->handle, run_background, self))
            return self;
    }
    tot_free(self);
    run(context);
    return NULL;
}

void tot_background_wait(tot_background *self) {
    if (self != NULL)
        pthread_join(self->handle, NULL);
    tot_free(self);
}

size_t tot_processor_count(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return 1;
    const int count = CPU_COUNT(&set);
    return count < 1 ? 1 : (size_t)count;
}
