/* SPDX-License-Identifier: Apache-2.0 */
/* The operations as rows, in the order of the TR; and which one a request means. Station 1. Role, without
 * I/O. [TR-03165 4.1.2, 4.1.6] */
#include "role/sp/sptsm/model/operation.h"

#include <string.h>

#include "http/message/head.h"

#define NONE SQL_COUNT

static const struct tr_operation operations[] = {
    {"createAccessToken", "POST", "/auth", ACT_AUTHENTICATE, TR_PROVIDER, NONE, ""},
    {"getAccountInformation", "GET", "/serviceproviders/current", ACT_ACCOUNT, TR_PROVIDER, NONE, ""},
    {"getAccountInformation", "GET", "/service-providers/current", ACT_ACCOUNT, TR_PROVIDER, NONE,
     ""}, /* as 4.1.2.2 writes it */
    {"listSecureComponentProfiles", "GET", "/secure-component-profiles", ACT_LIST, TR_PROFILE, SQL_TR_LIST,
     "0k"},
    {"getSecureComponentProfile", "GET", "/secure-component-profiles/{scpId}", ACT_GET, TR_PROFILE, NONE, ""},
    {"listScpRelatedElfs", "GET", "/secure-component-profiles/{scpId}/elfs", ACT_LIST, TR_ELF,
     SQL_TR_LIST_PROFILE_ELFS, "p1"},
    {"listScpRelatedServices", "GET", "/secure-component-profiles/{scpId}/services", ACT_LIST, TR_SERVICE,
     SQL_TR_LIST_SERVICES, "p1"},
    {"listScpRelatedFlavors", "GET", "/secure-component-profiles/{scpId}/services/{serviceId}/flavors",
     ACT_LIST, TR_FLAVOR, SQL_TR_LIST_PROFILE_FLAVORS, "p12"},
    {"listScpRelatedVersions", "GET", "/secure-component-profiles/{scpId}/services/{serviceId}/versions",
     ACT_LIST, TR_VERSION, SQL_TR_LIST_SOURCES_IN, "pk12"},
    {"listServices", "GET", "/services", ACT_LIST, TR_SERVICE, SQL_TR_LIST, "pk"},
    {"createService", "POST", "/services", ACT_CREATE, TR_SERVICE, NONE, ""},
    {"getService", "GET", "/services/{serviceId}", ACT_GET, TR_SERVICE, NONE, ""},
    {"modifyService", "PUT", "/services/{serviceId}", ACT_MODIFY, TR_SERVICE, NONE, ""},
    {"deleteService", "DELETE", "/services/{serviceId}", ACT_DELETE, TR_SERVICE, NONE, ""},
    {"listFlavors", "GET", "/services/{serviceId}/flavors", ACT_LIST, TR_FLAVOR, SQL_TR_LIST_CHILDREN, "k1"},
    {"createFlavor", "POST", "/services/{serviceId}/flavors", ACT_CREATE, TR_FLAVOR, NONE, ""},
    {"getFlavor", "GET", "/services/{serviceId}/flavors/{flavorId}", ACT_GET, TR_FLAVOR, NONE, ""},
    {"modifyFlavor", "PUT", "/services/{serviceId}/flavors/{flavorId}", ACT_MODIFY, TR_FLAVOR, NONE, ""},
    {"deleteFlavor", "DELETE", "/services/{serviceId}/flavors/{flavorId}", ACT_DELETE, TR_FLAVOR, NONE, ""},
    {"listServiceRelatedAppConfigs", "GET", "/services/{serviceId}/flavors/{flavorId}/application-configs",
     ACT_LIST, TR_CONFIG, SQL_TR_LIST_TARGETS, "k2"},
    {"listLinkedElfs", "GET", "/services/{serviceId}/flavors/{flavorId}/executable-load-files", ACT_LIST,
     TR_ELF, SQL_TR_LIST_TARGETS, "k2"},
    {"linkElfs", "POST", "/services/{serviceId}/flavors/{flavorId}/executable-load-files", ACT_LINK, TR_ELF,
     NONE, ""},
    {"unlinkElfs", "PUT", "/services/{serviceId}/flavors/{flavorId}/executable-load-files", ACT_UNLINK,
     TR_ELF, NONE, ""},
    {"publishFlavor", "POST", "/services/{serviceId}/flavors/{flavorId}/publish", ACT_PUBLISH, TR_FLAVOR,
     NONE, ""},
    {"listServiceRelatedVersions", "GET", "/services/{serviceId}/flavors/{flavorId}/versions", ACT_LIST,
     TR_VERSION, SQL_TR_LIST_SOURCES, "pk2"},
    {"listVersions", "GET", "/services/{serviceId}/versions", ACT_LIST, TR_VERSION, SQL_TR_LIST_CHILDREN,
     "k1"},
    {"createVersion", "POST", "/services/{serviceId}/versions", ACT_CREATE, TR_VERSION, NONE, ""},
    {"getVersion", "GET", "/services/{serviceId}/versions/{tag}", ACT_GET, TR_VERSION, NONE, ""},
    {"modifyVersion", "PUT", "/services/{serviceId}/versions/{tag}", ACT_MODIFY, TR_VERSION, NONE, ""},
    {"deleteVersion", "DELETE", "/services/{serviceId}/versions/{tag}", ACT_DELETE, TR_VERSION, NONE, ""},
    {"listLinkedFlavors", "GET", "/services/{serviceId}/versions/{tag}/flavors", ACT_LIST, TR_FLAVOR,
     SQL_TR_LIST_TARGETS, "k2"},
    {"linkFlavors", "POST", "/services/{serviceId}/versions/{tag}/flavors", ACT_LINK, TR_FLAVOR, NONE, ""},
    {"unlinkFlavors", "PUT", "/services/{serviceId}/versions/{tag}/flavors", ACT_UNLINK, TR_FLAVOR, NONE, ""},
    {"listAssociatedSecureComponentProfiles", "GET",
     "/services/{serviceId}/versions/{tag}/flavors/{flavorId}/secure-component-profiles", ACT_LIST,
     TR_PROFILE, SQL_TR_LIST_PAIR_PROFILES, "23"},
    {"listLinkedSecureComponentProfiles", "GET",
     "/services/{serviceId}/versions/{tag}/secure-component-profiles", ACT_LIST, TR_PROFILE,
     SQL_TR_LIST_TARGETS, "k2"},
    {"linkSecureComponentProfiles", "POST", "/services/{serviceId}/versions/{tag}/secure-component-profiles",
     ACT_LINK, TR_PROFILE, NONE, ""},
    {"unlinkSecureComponentProfiles", "PUT", "/services/{serviceId}/versions/{tag}/secure-component-profiles",
     ACT_UNLINK, TR_PROFILE, NONE, ""},
    {"listElfs", "GET", "/executable-load-files", ACT_LIST, TR_ELF, SQL_TR_LIST, "pk"},
    {"createElfAndUploadBinary", "POST", "/executable-load-files", ACT_UPLOAD, TR_ELF, NONE, ""},
    {"getElf", "GET", "/executable-load-files/{elfId}", ACT_GET, TR_ELF, NONE, ""},
    {"modifyElfAndOverwriteBinary", "PUT", "/executable-load-files/{elfId}", ACT_OVERWRITE, TR_ELF, NONE, ""},
    {"deleteElf", "DELETE", "/executable-load-files/{elfId}", ACT_DELETE, TR_ELF, NONE, ""},
    {"getElfBinary", "GET", "/executable-load-files/{elfId}/binary", ACT_BINARY, TR_ELF, NONE, ""},
    {"listEms", "GET", "/executable-load-files/{elfId}/executable-modules", ACT_LIST, TR_EM,
     SQL_TR_LIST_CHILDREN, "k1"},
    {"getEm", "GET", "/executable-load-files/{elfId}/executable-modules/{emId}", ACT_GET, TR_EM, NONE, ""},
    {"listElfRelatedAppConfigs", "GET",
     "/executable-load-files/{elfId}/executable-modules/{emId}/application-configs", ACT_LIST, TR_CONFIG,
     SQL_TR_LIST_EM_CONFIGS, "2"},
    {"listElfRelatedFlavors", "GET", "/executable-load-files/{elfId}/services/{serviceId}/flavors", ACT_LIST,
     TR_FLAVOR, SQL_TR_LIST_SOURCES_IN, "pk12"},
    {"listElfRelatedServices", "GET", "/executable-load-files/{elfId}/services", ACT_LIST, TR_SERVICE,
     SQL_TR_LIST_SERVICES, "p1"},
    {"listElfRelatedVersions", "GET", "/executable-load-files/{elfId}/services/{serviceId}/versions",
     ACT_LIST, TR_VERSION, SQL_TR_LIST_ELF_VERSIONS, "p12"},
    {"listElfRelatedSecureComponentProfiles", "GET",
     "/executable-load-files/{elfId}/services/{serviceId}/secure-component-profiles", ACT_LIST, TR_PROFILE,
     SQL_TR_LIST_ELF_PROFILES, "12"},
    {"listAppConfigs", "GET", "/application-configs", ACT_LIST, TR_CONFIG, SQL_TR_LIST, "pk"},
    {"createAppConfig", "POST", "/application-configs", ACT_CREATE, TR_CONFIG, NONE, ""},
    {"getAppConfig", "GET", "/application-configs/{applicationConfigId}", ACT_GET, TR_CONFIG, NONE, ""},
    {"modifyAppConfig", "PUT", "/application-configs/{applicationConfigId}", ACT_MODIFY, TR_CONFIG, NONE, ""},
    {"deleteAppConfig", "DELETE", "/application-configs/{applicationConfigId}", ACT_DELETE, TR_CONFIG, NONE,
     ""},
    {"listAppConfigRelatedEms", "GET", "/application-configs/{applicationConfigId}/executable-modules",
     ACT_LIST, TR_EM, SQL_TR_LIST_CONFIG_EMS, "1"},
    {"listAppConfigRelatedFlavors", "GET", "/application-configs/{applicationConfigId}/flavors", ACT_LIST,
     TR_FLAVOR, SQL_TR_LIST_SOURCES, "pk1"},
    {"listAppConfigRelatedServices", "GET", "/application-configs/{applicationConfigId}/services", ACT_LIST,
     TR_SERVICE, SQL_TR_LIST_SERVICES, "p1"},
    {"listPersoScripts", "GET", "/personalization-scripts", ACT_LIST, TR_SCRIPT, SQL_TR_LIST, "pk"},
    {"createPersoScriptAndUploadBinary", "POST", "/personalization-scripts", ACT_UPLOAD, TR_SCRIPT, NONE, ""},
    {"getPersoScript", "GET", "/personalization-scripts/{personalizationScriptId}", ACT_GET, TR_SCRIPT, NONE,
     ""},
    {"modifyPersoScriptAndOverwriteBinary", "PUT", "/personalization-scripts/{personalizationScriptId}",
     ACT_OVERWRITE, TR_SCRIPT, NONE, ""},
    {"deletePersoScript", "DELETE", "/personalization-scripts/{personalizationScriptId}", ACT_DELETE,
     TR_SCRIPT, NONE, ""},
    {"listScriptRelatedAppConfigs", "GET",
     "/personalization-scripts/{personalizationScriptId}/application-configs", ACT_LIST, TR_CONFIG,
     SQL_TR_LIST_SOURCES, "pk1"},
    {"getScriptBinary", "GET", "/personalization-scripts/{personalizationScriptId}/binary", ACT_BINARY,
     TR_SCRIPT, NONE, ""},
    {"listScriptRelatedFlavors", "GET", "/personalization-scripts/{personalizationScriptId}/flavors",
     ACT_LIST, TR_FLAVOR, SQL_TR_LIST_FLAVORS_BY_CONFIG, "p1"},
    {"listScriptRelatedServices", "GET", "/personalization-scripts/{personalizationScriptId}/services",
     ACT_LIST, TR_SERVICE, SQL_TR_LIST_SERVICES_BY_CONFIG, "p1"},
    {"listCerts", "GET", "/certificates", ACT_LIST, TR_CERTIFICATE, SQL_TR_LIST, "pk"},
    {"createCertAndUploadBinary", "POST", "/certificates", ACT_UPLOAD, TR_CERTIFICATE, NONE, ""},
    {"getCert", "GET", "/certificates/{certificateId}", ACT_GET, TR_CERTIFICATE, NONE, ""},
    {"modifyCertAndOverwriteBinary", "PUT", "/certificates/{certificateId}", ACT_OVERWRITE, TR_CERTIFICATE,
     NONE, ""},
    {"deleteCert", "DELETE", "/certificates/{certificateId}", ACT_DELETE, TR_CERTIFICATE, NONE, ""},
    {"listCertRelatedAppConfigs", "GET", "/certificates/{certificateId}/application-configs", ACT_LIST,
     TR_CONFIG, SQL_TR_LIST_SOURCES, "pk1"},
    {"getCertBinary", "GET", "/certificates/{certificateId}/binary", ACT_BINARY, TR_CERTIFICATE, NONE, ""},
    {"listCertRelatedFlavors", "GET", "/certificates/{certificateId}/flavors", ACT_LIST, TR_FLAVOR,
     SQL_TR_LIST_FLAVORS_BY_CONFIG, "p1"},
    {"listCertRelatedServices", "GET", "/certificates/{certificateId}/services", ACT_LIST, TR_SERVICE,
     SQL_TR_LIST_SERVICES_BY_CONFIG, "p1"},
    {"listCertRelatedSposConfigs", "GET", "/certificates/{certificateId}/spos-configs", ACT_LIST, TR_SPOS,
     SQL_TR_LIST_SOURCES, "pk1"},
    {"listSposConfigs", "GET", "/spos-configs", ACT_LIST, TR_SPOS, SQL_TR_LIST, "pk"},
    {"createSposConfig", "POST", "/spos-configs", ACT_CREATE, TR_SPOS, NONE, ""},
    {"getSposConfig", "GET", "/spos-configs/{sposConfigId}", ACT_GET, TR_SPOS, NONE, ""},
    {"modifySposConfig", "PUT", "/spos-configs/{sposConfigId}", ACT_MODIFY, TR_SPOS, NONE, ""},
    {"deleteSposConfig", "DELETE", "/spos-configs/{sposConfigId}", ACT_DELETE, TR_SPOS, NONE, ""},
    {"listSposConfigRelatedServices", "GET", "/spos-configs/{sposConfigId}/services", ACT_LIST, TR_SERVICE,
     SQL_TR_LIST_SOURCES, "pk1"},
};

const struct tr_name tr_names[] = {
    {"scpId", TR_PROFILE},
    {"serviceId", TR_SERVICE},
    {"flavorId", TR_FLAVOR},
    {"tag", TR_VERSION},
    {"elfId", TR_ELF},
    {"emId", TR_EM},
    {"applicationConfigId", TR_CONFIG},
    {"personalizationScriptId", TR_SCRIPT},
    {"certificateId", TR_CERTIFICATE},
    {"sposConfigId", TR_SPOS},
    {NULL, TR_NO_KIND},
};

const struct tr_operation *tr_operation_find(const char *method, struct bytes path, struct http_params *names,
                                             bool *other)
{
    *other = false;
    if (path.len > 1 && path.at[path.len - 1] == '/') /* the TR writes some paths so */
        path.len--;
    for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++) {
        const struct tr_operation *o = &operations[i];
        if (strcmp(o->method, method) != 0 && *other)
            continue;
        if (!http_path_matches(bytes_of_text(o->path), path, names))
            continue;
        if (strcmp(o->method, method) == 0)
            return o;
        *other = true;
    }
    return NULL;
}
