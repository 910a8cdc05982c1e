/* SPDX-License-Identifier: Apache-2.0 */
/* The bare limit of planning a campaign: the narrowest rows that can say of an instance where it stands, from
 * the same instances, in one commit of one connection. Bench only; includes nothing of src/. */
#ifndef TSM_BENCH_BARE_PLAN_H
#define TSM_BENCH_BARE_PLAN_H

/* In a copy of the server's database at `path`. Seconds, below 0 on failure. */
double bare_plan_run(const char *path);

#endif
