/* SPDX-License-Identifier: Apache-2.0 */
/* What outlives the app. Edge. [docs/tsm-api.md "Processes"] */
#include "process/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_ROOM = 1024, FILE_MAX = 64 * 1024, OWNER_ONLY = 0600 };

static bool path_of(const struct tsm_api *api, const char *ending, char *path)
{
    int n = snprintf(path, PATH_ROOM, "%s/%s%s", api->state_dir, JOURNAL_NAME, ending);
    return n > 0 && n < PATH_ROOM;
}

static json_t *empty_journal(void)
{
    return json_pack("{s:[],s:{}}", "processes", "instances");
}

/* Only what this library writes is taken for a journal. */
static bool is_journal(const json_t *j)
{
    return json_is_array(json_object_get(j, "processes")) && json_is_object(json_object_get(j, "instances"));
}

static json_t *load(const struct tsm_api *api)
{
    char path[PATH_ROOM];
    uint8_t *text = malloc(FILE_MAX);
    json_t *j = NULL;
    int fd = text && path_of(api, "", path) ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
    ssize_t n = fd >= 0 ? read(fd, text, FILE_MAX) : -1;
    if (n > 0 && (json_read(BYTES_OF(text, (size_t)n), &j) != TSM_OK || !is_journal(j))) {
        json_decref(j);
        j = NULL;
    }
    if (fd >= 0)
        close(fd);
    free(text);
    return j ? j : empty_journal();
}

static bool write_all(int fd, const char *text, size_t n)
{
    while (n > 0) {
        ssize_t done = write(fd, text, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        text += done;
        n -= (size_t)done;
    }
    return fsync(fd) == 0;
}

static void save(struct tsm_api *api, const json_t *j)
{
    char path[PATH_ROOM], fresh[PATH_ROOM];
    char *text = json_text(j);
    bool fine = text && path_of(api, "", path) && path_of(api, ".new", fresh);
    int fd = fine ? open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, OWNER_ONLY) : -1;
    fine = fd >= 0 && fchmod(fd, OWNER_ONLY) == 0 && write_all(fd, text, strlen(text));
    if (fd >= 0)
        fine = close(fd) == 0 && fine;
    fine = fine && rename(fresh, path) == 0;
    int folder = fine ? open(api->state_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (folder >= 0) {
        fsync(folder);
        close(folder);
    }
    if (!fine)
        log_say(&api->log, TSM_API_LOG_WARNING, TSM_API_LOG_PROCESS, "the journal cannot be written: %s",
                strerror(errno));
    free(text);
}

static size_t index_of(const json_t *list, const char *instance)
{
    size_t i;
    const json_t *entry;
    json_array_foreach(list, i, entry)
    {
        if (!instance || strcmp(json_member(entry, "instance"), instance) == 0)
            return i;
    }
    return SIZE_MAX;
}

enum change { INTEND, BEGUN, OVER, SERVICE };

static void put(json_t *list, const char *instance, const char *process)
{
    size_t at = index_of(list, instance);
    if (at != SIZE_MAX)
        json_array_remove(list, at);
    if (json_array_size(list) == JOURNAL_MAX_ENTRIES)
        json_array_remove(list, 0);
    json_array_append_new(list, json_pack("{s:s,s:s}", "instance", instance, "process", process));
}

static void apply(json_t *j, enum change what, const char *instance, const char *about)
{
    json_t *list = json_object_get(j, "processes"), *instances = json_object_get(j, "instances");
    size_t at = index_of(list, instance);
    switch (what) {
    case INTEND:
        if (at == SIZE_MAX)
            put(list, instance, "");
        break;
    case BEGUN:
        put(list, instance, about);
        break;
    case OVER:
        if (at != SIZE_MAX && strcmp(json_member(json_array_get(list, at), "process"), about) == 0)
            json_array_remove(list, at);
        break;
    case SERVICE:
        if (json_object_size(instances) >= JOURNAL_MAX_INSTANCES)
            json_object_clear(instances);
        json_object_set_new(instances, instance, json_string(about));
        break;
    }
}

/* Written only where it changes something. */
static void change(struct tsm_api *api, enum change what, const char *instance, const char *about)
{
    if (!api->state_dir)
        return;
    pthread_mutex_lock(&api->journal_lock);
    json_t *j = load(api), *before = json_deep_copy(j);
    if (j && before) {
        apply(j, what, instance, about);
        if (!json_equal(j, before))
            save(api, j);
    }
    json_decref(before);
    json_decref(j);
    pthread_mutex_unlock(&api->journal_lock);
}

void journal_intend(struct tsm_api *api, const char *instance)
{
    change(api, INTEND, instance, "");
}

void journal_begun(struct tsm_api *api, const char *instance, const char *process)
{
    change(api, BEGUN, instance, process);
}

void journal_over(struct tsm_api *api, const char *instance, const char *process)
{
    change(api, OVER, instance, process);
}

void journal_service(struct tsm_api *api, const char *instance, const char *service)
{
    change(api, SERVICE, instance, service);
}

/* An id that is none counts as absent: the file is only as good as the folder it lies in. */
static void take_id(const char *text, char to[UUID_LEN + 1])
{
    snprintf(to, UUID_LEN + 1, "%s", text_is_uuid(text) ? text : "");
}

bool journal_find(struct tsm_api *api, const char *instance, struct journal_entry *out)
{
    struct journal_entry e = {0};
    if (!api->state_dir)
        return false;
    pthread_mutex_lock(&api->journal_lock);
    json_t *j = load(api);
    const json_t *list = json_object_get(j, "processes");
    size_t at = index_of(list, instance);
    if (at != SIZE_MAX) {
        const json_t *entry = json_array_get(list, at);
        take_id(json_member(entry, "instance"), e.instance);
        take_id(json_member(entry, "process"), e.process);
        take_id(json_member(json_object_get(j, "instances"), e.instance), e.service);
    }
    json_decref(j);
    pthread_mutex_unlock(&api->journal_lock);
    if (!e.instance[0])
        return false;
    *out = e;
    return true;
}
