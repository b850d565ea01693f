#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>

tot_status tot_fail(tot_error *error, tot_status status, const char *format, ...) {
    if (error != NULL) {
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(error->message, sizeof error->message, format, arguments);
        va_end(arguments);
    }
    return status;
}
