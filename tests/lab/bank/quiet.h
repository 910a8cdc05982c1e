/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a program of the laboratory inside a test, with its standard output kept out of the TAP stream. */
#ifndef TESTS_LAB_BANK_QUIET_H
#define TESTS_LAB_BANK_QUIET_H

#include <stddef.h>

/* Calls run(argc, argv) with the NULL-terminated argv. What it prints goes into printed (cap bytes with the
 * closing NUL), or nowhere when that is NULL; standard error goes nowhere. */
int quietly(int (*run)(int, char **), char **argv, char *printed, size_t cap);

#endif
