/* SPDX-License-Identifier: Apache-2.0 */
/* A scripted centre, a diary and a link between them. */
#ifndef TSM_TESTS_LINK_BENCH_H
#define TSM_TESTS_LINK_BENCH_H

#include "centre.h"

struct bench {
    struct centre centre;
    struct diary diary;
    struct smpp_link *link;
};

#define BENCH(name)                       \
    struct bench name = {.diary = DIARY}; \
    centre_open(&(name).centre)

/* User data that begin as a secured packet does. */
extern const struct bytes bench_data;

/* A configuration whose pauses are short. */
struct smpp_config bench_config(const struct bench *b);
void bench_start(struct bench *b, struct smpp_config config);
/* Starts, and the bind stands. */
void bench_bind(struct bench *b, struct smpp_config config);
enum tsm_err bench_send(struct bench *b, uint64_t ref, uint32_t segment);
/* The centre goes first: it would not answer the unbind, and the link would wait for that. */
void bench_finish(struct bench *b);

#endif
