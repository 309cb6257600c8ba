<#-- Keycloak's place for what a theme adds to every page. The bar comes after the form, for keyboard and screen
     reader too; the style sheet shows it at the top. -->
<#macro content>
  <div class="sso-bar<#if realm.displayNameHtml == realm.displayName> sso-bar--no-announcement</#if>">
    <div class="sso-brand">
      <img src="${url.resourcesPath}/${properties["sso.logo"]}" alt="" width="32" height="32">
      <span>${realm.displayName}</span>
    </div>
    <#if properties["sso.links"]?number gt 0>
      <nav class="sso-links" aria-label="${msg("ssoServices")}">
        <ul>
          <#list 0..<properties["sso.links"]?number as index>
            <li><a href="${properties["sso.link." + index + ".url"]}">${properties["sso.link." + index + ".label"]}</a></li>
          </#list>
        </ul>
      </nav>
    </#if>
  </div>
  <#if properties["sso.footer"]?? || properties["sso.support"]??>
    <div class="sso-footer">
      <#if properties["sso.footer"]??><p>${properties["sso.footer"]}</p></#if>
      <#if properties["sso.support"]??><p><a href="${properties["sso.support"]}">${msg("ssoSupport")}</a></p></#if>
    </div>
  </#if>
</#macro>
