/* Numbers in text, whatever the program's locale. */
#ifndef TOT_IO_NUMBER_H
#define TOT_IO_NUMBER_H

#include <stdbool.h>

/* The whole string as a decimal number ([+-] digits with at most one point, optional exponent);
 * false for anything else: blanks, hexadecimal, "inf", an overflow. */
bool tot_parse_number(const char *text, double *value);

#endif
