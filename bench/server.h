/* SPDX-License-Identifier: Apache-2.0 */
/* A server under test: tsmd started on a house that `./dev bench` has made, watched, and ended by its pid.
 * Bench only. */
#ifndef TSM_BENCH_SERVER_H
#define TSM_BENCH_SERVER_H

#include <sys/types.h>

#include "bench.h"

struct server {
    pid_t pid;
    unsigned api_port, device_port;
    double ready_s; /* from fork to the line that says where it listens */
};
/* Starts tsmd with the configuration of b->house and free ports. UNSUPPORTED where no house was given. */
enum tsm_err server_start(const struct bench *b, struct server *s);
void server_stop(struct server *s);
/* Starts any program with these arguments (ended by NULL) and waits for its first line. What it says to
 * standard error goes to the file program.log of the run. */
enum { PROGRAM_LINE_MAX = 512 };
enum tsm_err program_start(const struct bench *b, char *const argv[], char line[PROGRAM_LINE_MAX],
                           struct server *s);

/* Resident memory now, in bytes; processor seconds used so far. */
enum tsm_err server_memory(const struct server *s, double *bytes);
double server_processor(const struct server *s);
/* One counter of GET /metrics, 0 where there is none. */
enum tsm_err server_counter(const struct bench *b, const struct server *s, const char *name, double *value);
/* The line of a file in the house, without its end: a token. */
enum tsm_err house_read(const struct bench *b, const char *name, char *out, size_t cap);

#endif
