/* SPDX-License-Identifier: Apache-2.0 */
/* An order as a person reads it: head, timeline with decoded APDUs, end. Stations 1 to 12, seen from outside.
 */
#include "app/client/timeline.h"

#include <stdio.h>
#include <string.h>

#include "app/client/client.h"

enum {
    HEX_SHOWN = 56,   /* characters of a command that is cut */
    TIME_OF_DAY = 11, /* where it begins in RFC 3339 */
    MILLISECONDS = 12,
    KEY_MAX = 400,
};

static void print_time(const char *at)
{
    if (strlen(at) > TIME_OF_DAY + MILLISECONDS)
        printf("%.*s", MILLISECONDS, at + TIME_OF_DAY);
    else
        printf("%*s", MILLISECONDS, at);
}

/* The server has cut very long commands itself: "80E8..(240)" tells how many bytes there were. */
static void print_hex(const char *hex, bool full)
{
    const char *cut = strstr(hex, "..(");
    size_t n = cut ? (size_t)(cut - hex) : strlen(hex);
    if (full || n <= HEX_SHOWN)
        printf("%s", hex);
    else if (cut)
        printf("%.*s%s", HEX_SHOWN, hex, cut);
    else
        printf("%.*s..(%zu)", HEX_SHOWN, hex, n / 2);
}

static void print_apdus(const json_t *line, bool full)
{
    json_t *apdu;
    size_t i;
    json_array_foreach(json_object_get(line, "apdus"), i, apdu)
    {
        if (*client_text(apdu, "text"))
            printf("%20s%s\n", "", client_text(apdu, "text"));
        printf("%20s> ", "");
        print_hex(client_text(apdu, "command"), full);
        printf("\n%20s< ", "");
        print_hex(client_text(apdu, "answer"), full);
        putchar('\n');
    }
}

static void print_line(const json_t *line, bool full)
{
    print_time(client_text(line, "at"));
    printf("  %2lld  %-6s  %-18s  %s\n", (long long)client_number(line, "station"), client_text(line, "role"),
           client_text(line, "step"), client_text(line, "text"));
    print_apdus(line, full);
}

void timeline_lines(const json_t *order, json_t *seen, bool full)
{
    json_t *line;
    size_t i;
    json_array_foreach(json_object_get(order, "timeline"), i, line)
    {
        char key[KEY_MAX];
        snprintf(key, sizeof key, "%s %s %s %s", client_text(line, "at"), client_text(line, "role"),
                 client_text(line, "step"), client_text(line, "text"));
        if (json_object_get(seen, key))
            continue;
        json_object_set_new(seen, key, json_true());
        print_line(line, full);
    }
    fflush(stdout);
}

static void print_element(const json_t *order)
{
    const char *kind;
    json_t *value;
    json_object_foreach(json_object_get(order, "se"), kind, value)
        printf("%s %s", kind, json_string_value(value));
}

void timeline_head(const json_t *order)
{
    const char *flavor = client_text(order, "flavor");
    const json_t *instance = json_object_get(order, "instance");
    printf("order %s  %s  %s of %s%s%s on ", client_text(order, "order"), client_text(order, "state"),
           client_text(order, "operation"), client_text(order, "service"), *flavor ? " / " : "", flavor);
    print_element(order);
    printf("\n  trace %s\n  created %s, changed %s, ends by %s\n", client_text(order, "trace"),
           client_text(order, "created"), client_text(order, "updated"), client_text(order, "deadline"));
    if (instance)
        printf("  instance %s  %s\n", client_text(instance, "id"), client_text(instance, "state"));
}

void timeline_end(const json_t *order)
{
    const char *state = client_text(order, "state");
    const json_t *failure = json_object_get(order, "failure");
    if (!strcmp(state, "ACCEPTED") || !strcmp(state, "RUNNING"))
        return;
    printf("%s\n", state);
    if (!failure)
        return;
    printf("  owner:  %s\n  reason: %s\n  next:   %s\n", client_text(failure, "owner"),
           client_text(failure, "reason"), client_text(failure, "next_action"));
}

void timeline_row(const json_t *order)
{
    const json_t *failure = json_object_get(order, "failure");
    printf("%-19s  %-8s  %-9s  %-20s  ", client_text(order, "order"), client_text(order, "state"),
           client_text(order, "operation"), client_text(order, "service"));
    print_element(order);
    printf("  %s", client_text(order, "created"));
    if (failure)
        printf("  %s: %s", client_text(failure, "owner"), client_text(failure, "reason"));
    putchar('\n');
}
