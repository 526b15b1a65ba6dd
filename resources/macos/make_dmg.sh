#!/bin/sh
# Packs dist/lemlist credits.app into dist/release/lemlist-credits-VERSION-macos-PROCESSOR.dmg, and
# puts its bill of materials beside it.
#
#     [CODESIGN_IDENTITY="Developer ID Application: …"] [NOTARY_PROFILE=…] resources/macos/make_dmg.sh
#
# With an identity, which build.spec takes too, the image is signed; with the name of a profile of
# `xcrun notarytool store-credentials` it is sent to Apple to be notarised, and the answer stapled to
# it (https://developer.apple.com/documentation/security/customizing-the-notarization-workflow).
set -eu
cd "$(dirname "$0")/../.."

version=$(python3 -c 'from tray_app import __version__; print(__version__)')
image="dist/release/lemlist-credits-$version-macos-$(uname -m).dmg"
content=build/dmg

rm -rf "$content" "$image"
mkdir -p "$content" dist/release
ditto "dist/lemlist credits.app" "$content/lemlist credits.app" # keeps links and signatures
ln -s /Applications "$content/Applications"
hdiutil create -volname "lemlist credits" -srcfolder "$content" -fs HFS+ -format UDZO "$image"
cp dist/lemlist-credits/_internal/sbom.cdx.json "${image%.dmg}.cdx.json"

if [ -n "${CODESIGN_IDENTITY:-}" ]; then
    codesign --sign "$CODESIGN_IDENTITY" --timestamp "$image"
fi
if [ -n "${NOTARY_PROFILE:-}" ]; then
    xcrun notarytool submit "$image" --keychain-profile "$NOTARY_PROFILE" --wait
    xcrun stapler staple "$image"
fi
