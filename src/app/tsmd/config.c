/* SPDX-License-Identifier: Apache-2.0 */
/* Settings by table: file, command line, help. App. */
#include "app/tsmd/config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"

static const struct row {
    const char *name, *fallback, *help;
    size_t offset;
} rows[] = {
#define X(name, fallback, help) {#name, fallback, help, offsetof(struct config, name)},
    TSMD_SETTINGS(X)
#undef X
};
enum { ROWS = sizeof rows / sizeof rows[0] };

void config_defaults(struct config *c)
{
    for (size_t i = 0; i < ROWS; i++)
        snprintf((char *)c + rows[i].offset, SETTING_MAX, "%s", rows[i].fallback);
}

enum tsm_err config_set(struct config *c, const char *name, const char *value)
{
    char plain[64];
    snprintf(plain, sizeof plain, "%s", name);
    for (char *p = plain; *p; p++)
        *p = *p == '-' ? '_' : *p;
    for (size_t i = 0; i < ROWS; i++)
        if (!strcmp(rows[i].name, plain)) {
            NEED(strlen(value) < SETTING_MAX, TOO_LONG);
            snprintf((char *)c + rows[i].offset, SETTING_MAX, "%s", value);
            return TSM_OK;
        }
    return FAIL_FIELD(UNKNOWN_FIELD, plain, "there is no setting %.40s", plain);
}

static char *trim(char *s)
{
    char *end;
    while (*s == ' ' || *s == '\t')
        s++;
    end = s + strlen(s);
    while (end > s && strchr(" \t\r\n", end[-1]))
        *--end = 0;
    return s;
}

static enum tsm_err read_line(struct config *c, char *line, int number)
{
    char *text = trim(line), *equals;
    if (!*text || *text == '#')
        return TSM_OK;
    equals = strchr(text, '=');
    if (!equals)
        return FAIL(BAD_FORM, "line %d has no '='", number);
    *equals = 0;
    return config_set(c, trim(text), trim(equals + 1));
}

enum tsm_err config_file(struct config *c, const char *path)
{
    char line[1024];
    enum tsm_err e = TSM_OK;
    FILE *f = fopen(path, "re");
    if (!f)
        return FAIL(IO, "cannot open %s: %s", path, strerror(errno));
    for (int n = 1; e == TSM_OK && fgets(line, sizeof line, f); n++)
        e = read_line(c, line, n);
    fclose(f);
    return e;
}

void config_help(void)
{
    for (size_t i = 0; i < ROWS; i++)
        printf("  %-20s %s%s%s%s\n", rows[i].name, rows[i].help, rows[i].fallback[0] ? " [" : "",
               rows[i].fallback, rows[i].fallback[0] ? "]" : "");
}

bool config_has_role(const struct config *c, const char *role)
{
    size_t n = strlen(role);
    for (const char *p = c->roles; *p;) {
        size_t len = strcspn(p, ",");
        if (len == n && !strncmp(p, role, n))
            return true;
        p += len + (p[len] == ',');
    }
    return false;
}

enum tsm_err config_address(const char *setting, const char *value, struct address *out)
{
    const char *colon = strrchr(value, ':');
    long port = colon && text_is_digits(colon + 1, 1, 5) ? strtol(colon + 1, NULL, 10) : -1;
    if (port < 0 || port > 65535)
        return FAIL_FIELD(BAD_VALUE, setting, "%s must be HOST:PORT, not '%.60s'", setting, value);
    snprintf(out->host, sizeof out->host, "%.*s", (int)(colon - value), value);
    out->port = (uint16_t)port;
    return TSM_OK;
}
