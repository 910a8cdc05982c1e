/* SPDX-License-Identifier: Apache-2.0 */
/* JSON log lines. App. */
#include "app/tsmd/log.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/hex.h"

static void write_line(json_t *o)
{
    char *text = json_dumps(o, JSON_COMPACT);
    if (text)
        fprintf(stderr, "%s\n", text);
    free(text);
    json_decref(o);
}

static json_t *begin(const char *event)
{
    char at[TIME_TEXT];
    return json_pack("{ss ss}", "at", time_text(clock_now(&clock_real), at), "event", event);
}

void log_event(const char *event, const char *letters, ...)
{
    json_t *o = begin(event);
    va_list ap;
    va_start(ap, letters);
    for (; *letters; letters++) {
        const char *name = va_arg(ap, const char *);
        json_object_set_new(o, name,
                            *letters == 'i' ? json_integer(va_arg(ap, int64_t))
                                            : json_string(va_arg(ap, const char *)));
    }
    va_end(ap);
    write_line(o);
}

void log_error(const char *event, enum tsm_err e)
{
    log_event(event, "sss", "error", err_name(e), "text", err_text(e), "cause", err_cause());
}

void log_stuck(enum tsm_err e, const char *cause)
{
    log_event("engine.stuck", "ss", "error", err_name(e), "cause", cause);
}

void log_unpruned(enum tsm_err e, const char *cause)
{
    log_event("retention.stuck", "ss", "error", err_name(e), "cause", cause);
}

void log_trouble(const struct job *job, enum tsm_err e, const char *cause)
{
    char trace[2 * TRACE_LEN + 1];
    log_event("job.trouble", "iisssi", "job", job->id, "kind", job->kind, "trace",
              hex_text(BYTES(job->trace), trace), "error", err_name(e), "cause", cause, "attempt",
              job->attempt);
}
