#define _GNU_SOURCE
#include "base/parallel.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>

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
    if (threads > 1) {
        /* Signals stay with the caller's thread, which belongs to the host program. */
        sigset_t all, before;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before);
        while (started + 1 < threads &&
               pthread_create(&handles[started], NULL, work, &workers[started + 1]) == 0)
            started++;
        pthread_sigmask(SIG_SETMASK, &before, NULL);
    }
    work(&workers[0]);
    for (size_t k = 0; k < started; k++)
        pthread_join(handles[k], NULL);
}

size_t tot_processor_count(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return 1;
    const int count = CPU_COUNT(&set);
    return count < 1 ? 1 : (size_t)count;
}
