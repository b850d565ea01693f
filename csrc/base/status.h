/* How a function of the core reports failure: a status code, and the reason in words. */
#ifndef TOT_BASE_STATUS_H
#define TOT_BASE_STATUS_H

typedef enum tot_status {
    TOT_OK = 0,
    TOT_ERROR_ARGUMENT = -1, /* a value outside its documented range */
    TOT_ERROR_MEMORY = -2,   /* an allocation failed, or a size does not fit in size_t */
    TOT_ERROR_IO = -3,       /* the system refused to open, read or write a file */
    TOT_ERROR_FORMAT = -4,   /* a file's content is not what it should be */
    TOT_ERROR_NUMERIC = -5   /* a computation did not converge or has no solution */
} tot_status;

enum { TOT_ERROR_SIZE = 512 };

/* Filled by the function that fails; the message is one line, without a line feed. */
typedef struct tot_error {
    char message[TOT_ERROR_SIZE];
} tot_error;

/* Writes the message (printf style) to error, which may be NULL, and returns status, so that a
 * function can leave with `return tot_fail(error, TOT_ERROR_ARGUMENT, "...", ...)`. */
tot_status tot_fail(tot_error *error, tot_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
