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

typedef struct worker_slot {
    work_queue *queue;
    size_t index;
} worker_slot;

static void *work(void *argument) {
    const worker_slot *self = argument;
    work_queue *queue = self->queue;
    for (;;) {
        const size_t index = atomic_fetch_add(&queue->next, 1);
        if (index >= queue->count)
            return NULL;
        queue->task(queue->context, index, self->index);
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

void tot_parallel_for(size_t threads, size_t count, tot_task *task, void *context) {
    work_queue queue = {task, context, count, 0};
    worker_slot workers[MAX_THREADS];
    pthread_t handles[MAX_THREADS];
    size_t started = 0;

    if (threads > count)
        threads = count;
    if (threads > MAX_THREADS)
        threads = MAX_THREADS;
    for (size_t k = 0; k < threads || k == 0; k++)
        workers[k] = (worker_slot){&queue, k};
    while (started + 1 < threads && start_thread(&handles[started], work, &workers[started + 1]))
        started++;
    work(&workers[0]);
    for (size_t k = 0; k < started; k++)
        pthread_join(handles[k], NULL);
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
