# Where an installed Tocsin lies, and the Debian package (cpack -G DEB in a release build). The unit
# and the documents name /usr, so that is the prefix unless another is given.
if(CMAKE_INSTALL_PREFIX_INITIALIZED_TO_DEFAULT)
    set(CMAKE_INSTALL_PREFIX /usr CACHE PATH "Where tocsin is installed" FORCE)
endif()
include(GNUInstallDirs)
# The command's default is in /etc wherever it is installed on a system; elsewhere all stays together.
if(CMAKE_INSTALL_PREFIX MATCHES "^/usr(/local)?$")
    set(TOCSIN_CONF_DIR /etc/tocsin)
else()
    set(TOCSIN_CONF_DIR etc/tocsin)
endif()

install(TARGETS tocsin RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS tocsind RUNTIME DESTINATION ${CMAKE_INSTALL_SBINDIR})

install(FILES conf/tocsind@.service DESTINATION lib/systemd/system)
install(FILES conf/sysusers.d/tocsin.conf DESTINATION lib/sysusers.d)
install(FILES conf/tmpfiles.d/tocsin.conf DESTINATION lib/tmpfiles.d)
# An example, not a default: the command reads /etc/tocsin/tocsin.conf when nobody names another, and
# one that names no member of this machine would only puzzle.
install(FILES conf/tocsin.conf DESTINATION ${TOCSIN_CONF_DIR}
    RENAME tocsin.conf.example OPTIONAL)
install(DIRECTORY conf/maps DESTINATION ${CMAKE_INSTALL_DOCDIR} OPTIONAL)
install(DIRECTORY conf/notify/ DESTINATION lib/tocsin USE_SOURCE_PERMISSIONS OPTIONAL)

install(FILES README.md CONTRIBUTING.md SECURITY.md LICENSE proto/PROTOCOL.md
    DESTINATION ${CMAKE_INSTALL_DOCDIR} OPTIONAL)
install(FILES docs/tocsin.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES docs/tocsin.conf.5 DESTINATION ${CMAKE_INSTALL_MANDIR}/man5)
install(FILES docs/tocsind.8 DESTINATION ${CMAKE_INSTALL_MANDIR}/man8)
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/docs FILES_MATCHING PATTERN "*.md")

# The package makes the user and the folders, and leaves starting a daemon to whoever has a roster.
file(WRITE ${CMAKE_BINARY_DIR}/debian/postinst [=[
#!/bin/sh
set -e
if [ "$1" = configure ]; then
    if command -v systemd-sysusers >/dev/null; then
        systemd-sysusers tocsin.conf
        systemd-tmpfiles --create tocsin.conf
    else
        getent passwd tocsin >/dev/null || adduser --system --group --quiet \
            --home /var/lib/tocsin --no-create-home --gecos "Tocsin data exchange" tocsin
        install -d -m 0750 -o tocsin -g tocsin /var/lib/tocsin
    fi
    if [ -d /run/systemd/system ]; then
        systemctl daemon-reload
        # Daemons of an older version take up the new one.
        systemctl try-restart 'tocsind@*.service' || true
    fi
fi
]=])
# Keys and logs under /var/lib/tocsin stay even on purge: nobody else has the keys.
file(WRITE ${CMAKE_BINARY_DIR}/debian/postrm [=[
#!/bin/sh
set -e
if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
fi
]=])
file(WRITE ${CMAKE_BINARY_DIR}/debian/prerm [=[
#!/bin/sh
set -e
if [ "$1" = remove ] && [ -d /run/systemd/system ]; then
    systemctl stop 'tocsind@*.service' || true
fi
]=])
file(WRITE ${CMAKE_BINARY_DIR}/debian/conffiles "/etc/tocsin/tocsin.conf.example\n")
if(NOT EXISTS ${CMAKE_SOURCE_DIR}/conf/tocsin.conf)
    file(WRITE ${CMAKE_BINARY_DIR}/debian/conffiles "")
endif()
file(CHMOD
    ${CMAKE_BINARY_DIR}/debian/postinst
    ${CMAKE_BINARY_DIR}/debian/postrm
    ${CMAKE_BINARY_DIR}/debian/prerm
    PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

# Whoever builds the package answers for it, so gives an address here.
set(TOCSIN_MAINTAINER "Tocsin maintainers <maintainers@tocsin.invalid>"
    CACHE STRING "The maintainer named in the Debian package")
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME tocsin)
set(CPACK_PACKAGE_VENDOR "Tocsin maintainers")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Data exchange between councils about shared suppliers")
set(CPACK_PACKAGE_DESCRIPTION
    "Councils of a group warn each other about suppliers in trouble, and see together what none of
them can see alone. The daemon tocsind keeps signed, sealed, gap-free logs with its peers over
ZeroMQ with CURVE; the command tocsin imports, previews, publishes and shows.")
set(CPACK_RESOURCE_FILE_LICENSE ${CMAKE_SOURCE_DIR}/LICENSE)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER ${TOCSIN_MAINTAINER})
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "systemd | adduser")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "xlsx2csv, python3")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    ${CMAKE_BINARY_DIR}/debian/postinst
    ${CMAKE_BINARY_DIR}/debian/postrm
    ${CMAKE_BINARY_DIR}/debian/prerm
    ${CMAKE_BINARY_DIR}/debian/conffiles)
include(CPack)
