/* SPDX-License-Identifier: Apache-2.0 */
/* The log: one JSON object a line on standard error, events with fields, never a secret. Only programs log.
 * App. */
#ifndef TSM_APP_TSMD_LOG_H
#define TSM_APP_TSMD_LOG_H

#include "base/error.h"
#include "engine/job.h"

/* log_event("ready", "sssi", ...): pairs of name and value; the letters say the values: s text, i int64_t. */
void log_event(const char *event, const char *letters, ...);
void log_error(const char *event, enum tsm_err e);
/* The engine's word of a failed turn, and of jobs that it can neither take nor end. */
void log_trouble(const struct job *job, enum tsm_err e, const char *cause);
void log_stuck(enum tsm_err e, const char *cause);
/* What is over could not be removed after its time. */
void log_unpruned(enum tsm_err e, const char *cause);

#endif
