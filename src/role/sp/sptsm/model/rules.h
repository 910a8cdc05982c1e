/* SPDX-License-Identifier: Apache-2.0 */
/* What holds between the attributes of one entity. Station 2. Role, without I/O. [TR-03165 4.1.4.3, 4.1.4.6,
 * 4.1.4.14, 4.1.4.15] */
#ifndef TSM_ROLE_SP_SPTSM_MODEL_RULES_H
#define TSM_ROLE_SP_SPTSM_MODEL_RULES_H

#include "role/sp/sptsm/model/judge.h"

/* BAD_VALUE with the refusal set. */
enum tsm_err rules_between(const struct judging *j, const json_t *entity);

/* Versions as their numbers: negative, 0, positive as a is older than, as old as, newer than b. */
int rules_compare_versions(const char *a, const char *b);
/* major * 10^6 + minor * 10^3 + revision. */
int64_t rules_rank(const char *tag);

/* What a secure component profile lacks for a load file with these technicalRequirements and a flavor with
 * this featureConfig: "javaCard", "gpApi", "csp"; NULL: nothing. */
const char *rules_lacking(const json_t *profile, const json_t *requirements, const json_t *feature_config);

#endif
