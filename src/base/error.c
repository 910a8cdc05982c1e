/* SPDX-License-Identifier: Apache-2.0 */
/* The texts of the error list and the per-thread cause of the last failure. Every station. Pure. */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

struct row {
    const char *name, *text;
    int http, retry;
};

static const struct row rows[TSM_ERROR_COUNT] = {[TSM_OK] = {"OK", "ok", 200, 0},
#define X(name, http, retry, text) [TSM_##name] = {#name, text, http, retry},
                                                 TSM_ERRORS(X)
#undef X
};

static _Thread_local struct {
    char cause[ERR_CAUSE_MAX], field[ERR_FIELD_MAX];
    const char *where;
} last = {.where = ""};

static const struct row *row_of(enum tsm_err e)
{
    return (unsigned)e < TSM_ERROR_COUNT ? &rows[e] : &rows[TSM_IO];
}

const char *err_name(enum tsm_err e)
{
    return row_of(e)->name;
}
const char *err_text(enum tsm_err e)
{
    return row_of(e)->text;
}
int err_http(enum tsm_err e)
{
    return row_of(e)->http;
}
int err_may_retry(enum tsm_err e)
{
    return row_of(e)->retry;
}

enum tsm_err err_fail(enum tsm_err e, const char *where, const char *fmt, ...)
{
    char cause[ERR_CAUSE_MAX]; /* the words may quote the cause before */
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(cause, sizeof cause, fmt, ap);
    va_end(ap);
    memcpy(last.cause, utf8_clean(cause), sizeof cause);
    last.field[0] = 0;
    last.where = where;
    return e;
}

enum tsm_err err_fail_field(enum tsm_err e, const char *field, const char *fmt, ...)
{
    char cause[ERR_CAUSE_MAX]; /* the words may quote the cause before */
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(cause, sizeof cause, fmt, ap);
    va_end(ap);
    memcpy(last.cause, utf8_clean(cause), sizeof cause);
    snprintf(last.field, sizeof last.field, "%s", field);
    utf8_clean(last.field);
    last.where = "";
    return e;
}

const char *err_cause(void)
{
    return last.cause;
}
const char *err_field(void)
{
    return last.field;
}
const char *err_where(void)
{
    return last.where;
}

void err_clear(void)
{
    last.cause[0] = last.field[0] = 0;
    last.where = "";
}
