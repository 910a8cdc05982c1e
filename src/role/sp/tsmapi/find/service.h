/* SPDX-License-Identifier: Apache-2.0 */
/* What the device interface reads of services, versions, flavors and instances, and no more. Stations 2 and
 * 4. Role. [TR-03165 4.1.4.2 to 4.1.4.4, 4.2.2, 4.2.3.13] */
#ifndef TSM_ROLE_SP_TSMAPI_FIND_SERVICE_H
#define TSM_ROLE_SP_TSMAPI_FIND_SERVICE_H

#include "order/profile.h"
#include "role/sp/internal.h"
#include "role/sp/tsmapi/wire/request.h"

enum { VERSIONS_MAX = 256, UUID_ROOM = UUID_MAX + 1 };

struct api_service {
    int64_t id, party;
    char uid[UUID_ROOM];
    json_t *body; /* owned: service_drop */
};
/* By the id that apps know, or by its row; NOT_FOUND in the guideline's words, also where it is another
 * provider's. */
enum tsm_err service_find(struct tx *tx, int64_t party, const char *uid, struct api_service *out);
enum tsm_err service_load(struct tx *tx, int64_t party, int64_t id, struct api_service *out);
void service_drop(struct api_service *s);
/*
 * May this app use the service? accessAuthorizedDeviceApps lists the apps that get an access rule: those that
 * it names by a certificate's hash are the only ones then; a list without any leaves it to the element.
 * NOT_ALLOWED.
 */
enum tsm_err service_admits(const struct api_service *s, const char *caller);

struct api_version {
    int64_t id;
    char tag[VERSION_TAG_MAX + 1];
    struct version number;
};
/* The versions that fit the pattern, the highest first. */
struct api_versions {
    struct api_version at[VERSIONS_MAX];
    size_t n;
};
enum tsm_err versions_find(struct tx *tx, const struct api_service *s, const struct version *pattern,
                           struct api_versions *out);
/* The flavor that the version has for elements of this profile; 0: none. */
enum tsm_err flavor_for(struct tx *tx, const struct api_version *v, const char *profile, int64_t *flavor);

struct api_instance {
    int64_t id, party, service, flavor, state, last_operation, se_kind;
    char se_ref[IDENT_MAX + 1], uuid[UUID_ROOM], version[VERSION_TAG_MAX + 1], profile[PROFILE_NAME_MAX + 1];
};
enum tsm_err api_instance_find(struct tx *tx, int64_t party, const char *uuid, struct api_instance *out);
enum tsm_err api_instance_load(struct tx *tx, int64_t party, int64_t id, struct api_instance *out);

/* TechnicalInformation; owned by the caller. Texts may be "": what is not installed has no names. */
struct api_technical {
    const char *version, *profile; /* tag; name of the profile */
    int64_t flavor;
    bool installed;
};
enum tsm_err technical_json(struct tx *tx, const struct api_service *s, const struct api_technical *t,
                            json_t **out);
/* Of what is on the instance's element. */
enum tsm_err technical_of_instance(struct tx *tx, const struct api_service *s, const struct api_instance *i,
                                   json_t **out);
/* ServiceInstance, with the reader that this handset has it in. */
enum tsm_err instance_json(struct tx *tx, const struct api_service *s, const struct api_instance *i,
                           const char *reader, json_t **out);

#endif
