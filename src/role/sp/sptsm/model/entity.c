/* SPDX-License-Identifier: Apache-2.0 */
/* The attribute tables, one row an attribute, in the order of the TR. Station 2. Role, without I/O.
 * [TR-03165 4.1.4.1 to 4.1.4.18] */
#include "role/sp/sptsm/model/entity.h"

#include <string.h>

#define END                                                                                       \
    {                                                                                             \
        NULL, FORM_TEXT, NEED_OPTIONAL, EDIT_NO, 0, 0, TR_NO_KIND, NULL, NULL, NULL, FROM_NOTHING \
    }
#define MANDATORY NEED_MANDATORY
#define OPTIONAL  NEED_OPTIONAL
#define AUTOMATIC NEED_AUTOMATIC
#define NO        EDIT_NO
#define YES       EDIT_YES
#define COND      EDIT_UNPUBLISHED
/* Rows of the common kinds: texts of at most 255 characters, references, objects, what the TSM assigns. */
#define TEXT(name, need, edit)                                                                  \
    {                                                                                           \
        name, FORM_TEXT, need, edit, 0, TR_TEXT_MAX, TR_NO_KIND, NULL, NULL, NULL, FROM_NOTHING \
    }
#define REFERS(name, need, edit, kind)                                          \
    {                                                                           \
        name, FORM_UUID, need, edit, 0, 0, kind, NULL, NULL, NULL, FROM_NOTHING \
    }
#define HAS(name, form, need, edit)                                                        \
    {                                                                                      \
        name, form, need, edit, 0, TR_TEXT_MAX, TR_NO_KIND, NULL, NULL, NULL, FROM_NOTHING \
    }
#define FLAG(name, edit, fallback)                                                            \
    {                                                                                         \
        name, FORM_FLAG, OPTIONAL, edit, 0, 0, TR_NO_KIND, NULL, NULL, fallback, FROM_NOTHING \
    }
#define OBJECT(name, edit, inside)                                                            \
    {                                                                                         \
        name, FORM_OBJECT, OPTIONAL, edit, 0, 0, TR_NO_KIND, inside, NULL, NULL, FROM_NOTHING \
    }
#define ASSIGNED(name, form, from)                                          \
    {                                                                       \
        name, form, AUTOMATIC, NO, 0, 0, TR_NO_KIND, NULL, NULL, NULL, from \
    }

static const struct tr_attribute provider[] = {ASSIGNED("id", FORM_UUID, FROM_UID),
                                               TEXT("name", MANDATORY, YES), END};

static const struct tr_attribute service[] = {ASSIGNED("id", FORM_UUID, FROM_UID),
                                              ASSIGNED("spId", FORM_UUID, FROM_PROVIDER),
                                              TEXT("name", MANDATORY, YES),
                                              ASSIGNED("creationDate", FORM_TEXT, FROM_NOW),
                                              ASSIGNED("sdAid", FORM_AID, FROM_DOMAIN),
                                              HAS("accessAuthorizedDeviceApps", FORM_AID_LIST, OPTIONAL, YES),
                                              REFERS("sposConfigId", OPTIONAL, YES, TR_SPOS),
                                              HAS("spParameters", FORM_TEXT_MAP, OPTIONAL, YES),
                                              END};

static const struct tr_attribute version[] = {
    HAS("tag", FORM_TAG, MANDATORY, NO), ASSIGNED("serviceId", FORM_UUID, FROM_PARENT),
    HAS("allowedDeployments", FORM_DEPLOYMENTS, MANDATORY, YES), END};

static const struct tr_attribute feature_config[] = {
    FLAG("useCspFull", YES, "false"),
    HAS("genericOptions", FORM_FLAG_MAP, OPTIONAL, YES),
    {"keyProvisioningMode", FORM_NUMBER, OPTIONAL, YES, 0, 3, TR_NO_KIND, NULL, NULL, "0", FROM_NOTHING},
    TEXT("keyIndex", OPTIONAL, YES),
    END};

static const struct tr_attribute instantiation[] = {
    {"priority", FORM_NUMBER, OPTIONAL, COND, 1, 255, TR_NO_KIND, NULL, NULL, "255", FROM_NOTHING},
    REFERS("executableModuleId", MANDATORY, COND, TR_EM),
    REFERS("applicationConfigId", MANDATORY, COND, TR_CONFIG),
    END};

static const struct tr_attribute flavor[] = {
    ASSIGNED("id", FORM_UUID, FROM_UID),
    ASSIGNED("serviceId", FORM_UUID, FROM_PARENT),
    TEXT("name", OPTIONAL, YES),
    TEXT("description", OPTIONAL, YES),
    ASSIGNED("creationDate", FORM_TEXT, FROM_NOW),
    {"published", FORM_FLAG, AUTOMATIC, NO, 0, 0, TR_NO_KIND, NULL, NULL, "false", FROM_NOTHING},
    {"executableLoadFileIds", FORM_UUID_LIST, OPTIONAL, COND, 0, 0, TR_ELF, NULL, NULL, NULL, FROM_NOTHING},
    {"applicationInstantiationConfigs", FORM_OBJECT_LIST, OPTIONAL, COND, 0, 0, TR_NO_KIND, instantiation,
     NULL, NULL, FROM_NOTHING},
    HAS("spParameters", FORM_TEXT_MAP, OPTIONAL, YES),
    OBJECT("featureConfig", YES, feature_config),
    HAS("contextSpecificAttributes", FORM_TEXT_MAP, OPTIONAL, YES),
    END};

/* Uploads: what is not automatic comes as parts of the form, the rest from the file. */
static const struct tr_attribute elf[] = {
    ASSIGNED("id", FORM_UUID, FROM_UID),
    ASSIGNED("spId", FORM_UUID, FROM_PROVIDER),
    ASSIGNED("aid", FORM_AID, FROM_NOTHING),
    {"fileName", FORM_TEXT, AUTOMATIC, YES, 0, TR_TEXT_MAX, TR_NO_KIND, NULL, NULL, NULL, FROM_NOTHING},
    ASSIGNED("type", FORM_TEXT, FROM_NOTHING),
    ASSIGNED("creationDate", FORM_TEXT, FROM_NOW),
    ASSIGNED("uploadDate", FORM_TEXT, FROM_NOW),
    ASSIGNED("packageName", FORM_TEXT, FROM_NOTHING),
    ASSIGNED("importedPackages", FORM_TEXT_LIST, FROM_NOTHING),
    ASSIGNED("packageVersion", FORM_TEXT, FROM_NOTHING),
    ASSIGNED("technicalRequirements", FORM_OBJECT, FROM_NOTHING),
    END};
static const struct tr_attribute em[] = {ASSIGNED("id", FORM_UUID, FROM_UID),
                                         ASSIGNED("elfId", FORM_UUID, FROM_PARENT),
                                         ASSIGNED("aid", FORM_AID, FROM_NOTHING), END};
static const struct tr_attribute upload[] = {
    ASSIGNED("id", FORM_UUID, FROM_UID),
    ASSIGNED("spId", FORM_UUID, FROM_PROVIDER),
    {"fileName", FORM_TEXT, AUTOMATIC, YES, 0, TR_TEXT_MAX, TR_NO_KIND, NULL, NULL, NULL, FROM_NOTHING},
    ASSIGNED("creationDate", FORM_TEXT, FROM_NOW),
    ASSIGNED("uploadDate", FORM_TEXT, FROM_NOW),
    END};

const char *const tr_privileges[] = {"CVMManagement", "ContactlessSelfActivation", "GlobalService",
                                     "PrivacyTrusted", NULL};
static const uint32_t privilege_bits[] = {0x020000, 0x000010, 0x000100, 0x000008};

static const struct tr_attribute install_config[] = {
    HAS("applicationSpecificInstallParameter", FORM_TLV, OPTIONAL, COND),
    {"privileges", FORM_WORD_LIST, OPTIONAL, COND, 0, 0, TR_NO_KIND, NULL, tr_privileges, NULL, FROM_NOTHING},
    END};
static const struct tr_attribute activation_config[] = {FLAG("makeSelectable", COND, "true"),
                                                        FLAG("accessibleViaApdu", COND, "false"),
                                                        FLAG("accessibleViaNfc", COND, "false"), END};
static const struct tr_attribute personalization_config[] = {
    REFERS("personalizationScriptId", OPTIONAL, COND, TR_SCRIPT),
    REFERS("certificateId", OPTIONAL, YES, TR_CERTIFICATE), FLAG("provideAttestationToken", COND, "false"),
    FLAG("includeSecurityDomainDiversificationData", COND, "false"), END};
static const struct tr_attribute config[] = {ASSIGNED("id", FORM_UUID, FROM_UID),
                                             ASSIGNED("spId", FORM_UUID, FROM_PROVIDER),
                                             HAS("instanceAid", FORM_AID, MANDATORY, COND),
                                             TEXT("name", OPTIONAL, YES),
                                             TEXT("description", OPTIONAL, YES),
                                             OBJECT("installConfig", COND, install_config),
                                             OBJECT("activationConfig", COND, activation_config),
                                             OBJECT("personalizationConfig", COND, personalization_config),
                                             END};

static const struct tr_attribute spos[] = {
    ASSIGNED("id", FORM_UUID, FROM_UID),
    ASSIGNED("spId", FORM_UUID, FROM_PROVIDER),
    {"url", FORM_URI, MANDATORY, YES, 1, TR_URL_MAX, TR_NO_KIND, NULL, NULL, NULL, FROM_NOTHING},
    REFERS("certificateId", MANDATORY, YES, TR_CERTIFICATE),
    END};

static const struct tr_entity_row entities[TR_KINDS] = {
    [TR_PROVIDER] = {"ServiceProvider", TR_NO_KIND, provider, NULL, NULL, NULL},
    [TR_SERVICE] = {"Service", TR_NO_KIND, service, NULL, NULL, NULL},
    [TR_VERSION] = {"Version", TR_SERVICE, version, NULL, NULL, NULL},
    [TR_FLAVOR] = {"Flavor", TR_SERVICE, flavor, NULL, NULL, NULL},
    [TR_PROFILE] = {"SecureComponentProfile", TR_NO_KIND, NULL, NULL, NULL, NULL},
    [TR_ELF] = {"ELF", TR_NO_KIND, elf, "elfFilename", "elfFile", "cap"},
    [TR_EM] = {"ExecutableModule", TR_ELF, em, NULL, NULL, NULL},
    [TR_CONFIG] = {"ApplicationConfig", TR_NO_KIND, config, NULL, NULL, NULL},
    [TR_SCRIPT] = {"PersonalizationScript", TR_NO_KIND, upload, "scriptFilename", "scriptFile", "pers, json"},
    [TR_CERTIFICATE] = {"Certificate", TR_NO_KIND, upload, "certFilename", "certFile", "pem, der"},
    [TR_SPOS] = {"SposConfig", TR_NO_KIND, spos, NULL, NULL, NULL},
};

const struct tr_entity_row *tr_entity(enum tr_kind kind)
{
    return &entities[kind];
}

const struct tr_attribute *tr_attribute(const struct tr_attribute *rows, const char *name)
{
    for (; rows && rows->name; rows++)
        if (strcmp(rows->name, name) == 0)
            return rows;
    return NULL;
}

uint32_t tr_privilege_bits(const char *word)
{
    for (size_t i = 0; tr_privileges[i]; i++)
        if (strcmp(tr_privileges[i], word) == 0)
            return privilege_bits[i];
    return 0;
}
