; The installer for Windows, by Inno Setup 6.3 or newer, from the bundle in dist\lemlist-credits:
;
;     ISCC /DVersion=1.2.3 resources\windows\lemlist-credits.iss
;
; writes dist\release\lemlist-credits-1.2.3-windows-x86_64-setup.exe. It installs for one user and
; needs no administrator. Facts below are from https://jrsoftware.org/ishelp.

#ifndef Version
  #error Say which version it is: ISCC /DVersion=1.2.3
#endif
#define Name "lemlist credits"
#define Stem "lemlist-credits"
#define Root SourcePath + "..\.."

[Setup]
; The identity by which a later version finds this one. It never changes.
AppId={{C7DE597F-68E1-42F6-9B86-F6B6B7F6449B}
AppName={#Name}
AppVersion={#Version}
VersionInfoVersion={#Version}
AppPublisher=The lemlist-credits authors
LicenseFile={#Root}\LICENSE
PrivilegesRequired=lowest
; With the line above this is %LOCALAPPDATA%\Programs.
DefaultDirName={autopf}\{#Stem}
DisableProgramGroupPage=yes
; Windows 10 1809, the oldest that Qt 6.11 runs on (https://doc.qt.io/qt-6.11/windows.html).
MinVersion=10.0.17763
; Windows 11 for Arm runs x64 programs too.
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
; The program holds a mutex of this name while its tray runs: Setup and Uninstall ask to quit it.
AppMutex={#Stem}
SetupIconFile={#Root}\build\icons\{#Stem}.ico
UninstallDisplayIcon={app}\{#Stem}.exe
UninstallDisplayName={#Name}
OutputDir={#Root}\dist\release
OutputBaseFilename={#Stem}-{#Version}-windows-x86_64-setup
Compression=lzma2/max
SolidCompression=yes
WizardStyle=modern

[Tasks]
Name: autostart; Description: "Start {#Name} when I sign in"; Flags: unchecked

[InstallDelete]
; Libraries that only the version before had.
Type: filesandordirs; Name: "{app}\_internal"

[Files]
; With the licences, which the build has put into the bundle.
Source: "{#Root}\dist\{#Stem}\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs

[Icons]
Name: "{userprograms}\{#Name}"; Filename: "{app}\{#Stem}.exe"

[Registry]
Root: HKCU; Subkey: "Software\Microsoft\Windows\CurrentVersion\Run"; ValueType: string; ValueName: "{#Stem}"; ValueData: """{app}\{#Stem}.exe"""; Tasks: autostart
; Uninstall removes the entry whoever has made it, since there is nothing left that it could start.
Root: HKCU; Subkey: "Software\Microsoft\Windows\CurrentVersion\Run"; ValueType: none; ValueName: "{#Stem}"; Flags: dontcreatekey uninsdeletevalue

[Run]
Filename: "{app}\{#Stem}.exe"; Description: "Start {#Name}"; Flags: nowait postinstall skipifsilent

[Code]
procedure CurUninstallStepChanged(CurUninstallStep: TUninstallStep);
begin
  if CurUninstallStep = usPostUninstall then
    SuppressibleMsgBox(
      'Your settings and the history of your credits are still in ' +
      ExpandConstant('{localappdata}\{#Stem}') + ', and your API key is in the ' +
      'Credential Manager of Windows. Delete them there if you want them gone.',
      mbInformation, MB_OK, IDOK);
end;
