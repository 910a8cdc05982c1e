/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Access rules: which device application may speak to which application of a secure element. The commands to
 * the access rule master (by STORE DATA of its security domain) and its answer to GET DATA. Stations 5 and
 * 10. Pure. [GP Secure Element Access Control 1.1 (GPD_SPE_013) clauses 4.1, 5.1, 6; tags and tables as
 * public programs that quote them have them: Mozilla's ACE service, pySim]
 */
#ifndef TSM_GP_ACCESS_RULE_H
#define TSM_GP_ACCESS_RULE_H

#include "base/bytes.h"

enum {
    ACCESS_RULE_MAX = 192, /* octets of one command */
    ACCESS_FILTER_LEN = 8, /* CLA INS P1 P2 and their mask */
    ACCESS_FILTERS_MAX = 8,
    ACCESS_SHA1_LEN = 20,
    ACCESS_SHA256_LEN = 32
};

/* Spans are borrowed. An empty AID: every application that has no rule of its own; an empty hash: every
 * device application. Filters narrow what is allowed to some commands; empty: all. */
struct access_rule {
    struct bytes aid, app_hash, filters;
    bool allowed;
};

/* F0 {E2 {E1, E3}}: stored, or in place of the one for the same reference. BAD_LENGTH for an AID, hash or
 * filter of another length, BAD_VALUE for filters of what is not allowed at all. */
enum tsm_err access_rule_store(const struct access_rule *r, struct writer *w);
/* F1 {E1}: the rule for this reference goes. */
enum tsm_err access_rule_delete(const struct access_rule *r, struct writer *w);
/* The value of GET DATA FF40 [All], opened by access_rules_open: the next rule; NOT_FOUND at the end. Objects
 * that are not known here are passed over. */
enum tsm_err access_rules_open(struct bytes answer, struct reader *rules);
enum tsm_err access_rules_next(struct reader *rules, struct access_rule *out);

#endif
