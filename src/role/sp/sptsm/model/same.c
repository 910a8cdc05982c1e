/* SPDX-License-Identifier: Apache-2.0 */
/* What says the same in other words: a UUID is read in any case and written in lower case, so that an id
 * compares as text wherever it was kept; datetimes compare as moments. Station 2. Role, without I/O. [RFC
 * 9562 4; RFC 3339 5.6; TR-03165 4.1.4] */
#include "role/sp/sptsm/model/same.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "role/sp/sptsm/model/form.h"

static const char *fold(const char *text, char room[UUID_TEXT_LEN + 1])
{
    if (!form_is_uuid(text))
        return text;
    for (size_t i = 0; i <= UUID_TEXT_LEN; i++)
        room[i] = (char)tolower((unsigned char)text[i]);
    return room;
}

static json_t *folded_list(const json_t *list, const char **twice)
{
    json_t *made = json_array();
    const json_t *item;
    size_t i;
    json_array_foreach(list, i, item) if (made && json_array_append_new(made, ids_folded(item, twice)) != 0)
    {
        json_decref(made);
        made = NULL;
    }
    return made;
}

static json_t *folded_map(const json_t *map, const char **twice)
{
    json_t *made = json_object(), *item;
    char room[UUID_TEXT_LEN + 1];
    const char *name;
    json_object_foreach((json_t *)(uintptr_t)map, name, item)
    {
        const char *id = fold(name, room);
        bool is_there = made && json_object_get(made, id);
        if (is_there)
            *twice = name;
        if (made && (is_there || json_object_set_new(made, id, ids_folded(item, twice)) != 0)) {
            json_decref(made);
            made = NULL;
        }
    }
    return made;
}

json_t *ids_folded(const json_t *v, const char **twice)
{
    char room[UUID_TEXT_LEN + 1];
    if (json_is_array(v))
        return folded_list(v, twice);
    if (json_is_object(v))
        return folded_map(v, twice);
    return json_is_string(v) ? json_string(fold(json_string_value(v), room)) : json_deep_copy(v);
}

/* ".25" to microseconds; what is finer is left out. *at moves behind the digits. */
static time_us fraction(const char **at)
{
    time_us value = 0, unit = SECONDS(1) / 10;
    if (**at != '.')
        return 0;
    for (++*at; isdigit((unsigned char)**at); ++*at, unit /= 10)
        value += unit * (**at - '0');
    return value;
}

/* "Z" or "+01:30" in seconds east of UTC; false for anything else, and for anything behind it. */
static bool zone(const char *at, int *east)
{
    int hours, minutes, end = 0;
    char sign;
    *east = 0;
    if (!strcmp(at, "Z") || !strcmp(at, "z"))
        return true;
    if (sscanf(at, "%c%2d:%2d%n", &sign, &hours, &minutes, &end) != 3 || at[end] ||
        (sign != '+' && sign != '-'))
        return false;
    *east = (hours * 60 + minutes) * (sign == '-' ? -60 : 60);
    return true;
}

static bool read_moment(const char *text, time_us *out)
{
    struct tm day = {0};
    const char *at = strptime(text, "%Y-%m-%dT%H:%M:%S", &day);
    int east;
    if (!at)
        return false;
    *out = fraction(&at);
    if (!zone(at, &east))
        return false;
    *out += SECONDS(timegm(&day) - east);
    return true;
}

bool moment_is_same(const char *a, const char *b)
{
    time_us one, two;
    return read_moment(a, &one) && read_moment(b, &two) && one == two;
}
