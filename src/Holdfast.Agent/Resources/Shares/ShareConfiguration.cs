using System.Globalization;
using Holdfast.Agent.Resources.Names;
using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Resources.Shares;

/// <summary>What the servers are told. Every value was checked to be free of their syntax.</summary>
internal static class ShareConfiguration
{
    /// <summary>
    /// For NFS-Ganesha (ganesha-config(8)). Clients take up what they had open within the grace period, from the record in the state folder,
    /// which moves with the disk; and only from a server that calls itself the same, wherever it runs.
    /// </summary>
    public static string Ganesha(RoleSpec role, ResourceSpec resource) => string.Create(CultureInfo.InvariantCulture, $$"""
        NFS_CORE_PARAM { Protocols = 4; NFS_Port = {{FileShareType.PortOf(resource)}}; Bind_addr = {{NetworkNameType.AddressesOf(role, resource)[0]}}; Enable_NLM = false; Enable_RQUOTA = false; Enable_UDP = false; }
        NFSv4 { Grace_Period = 15; Lease_Lifetime = 10; RecoveryBackend = fs; RecoveryRoot = "{{FileShareType.StateOf(role, resource)}}"; Minor_Versions = 0, 1, 2; Server_Scope = "{{role.Name}}-{{resource.Name}}"; Server_Owner = "{{role.Name}}-{{resource.Name}}"; }
        EXPORT_DEFAULTS { Access_Type = None; }
        EXPORT {
            Export_Id = 1; Path = "{{resource.RequiredText("path")}}"; Pseudo = "/{{FileShareType.ShareOf(resource)}}"; Protocols = 4; Transports = TCP; SecType = sys; Squash = Root_Squash; Anonymous_Uid = 65534; Anonymous_Gid = 65534; Access_Type = None;
            CLIENT { Clients = {{string.Join(", ", resource.List("clients"))}}; Access_Type = {{(IsReadOnly(resource) ? "RO" : "RW")}}; }
            FSAL { Name = VFS; }
        }
        LOG { Default_Log_Level = EVENT; }

        """);

    /// <summary>For Samba (smb.conf(5)). What a client was told is written is written: the disk may change hands at any moment.</summary>
    /// <param name="runDirectory">A folder for what need not be remembered.</param>
    public static string Samba(RoleSpec role, ResourceSpec resource, string hostName, string runDirectory)
    {
        var state = FileShareType.StateOf(role, resource);
        var users = resource.List("users");
        return string.Create(CultureInfo.InvariantCulture, $"""
            [global]
            server role = standalone server
            netbios name = {(hostName.Length > 15 ? hostName[..15] : hostName)}
            disable netbios = yes
            smb ports = {FileShareType.PortOf(resource)}
            interfaces = {string.Join(' ', NetworkNameType.AddressesOf(role, resource))}
            bind interfaces only = yes
            passdb backend = tdbsam:{state}/passdb.tdb
            private dir = {state}
            state directory = {state}
            lock directory = {runDirectory}
            cache directory = {runDirectory}
            pid directory = {runDirectory}
            ncalrpc dir = {runDirectory}/ncalrpc
            log file = {runDirectory}/log
            logging = file
            load printers = no
            printcap name = /dev/null
            server min protocol = SMB2
            map to guest = {(users.IsEmpty ? "bad user" : "never")}
            guest account = nobody
            [{FileShareType.ShareOf(resource)}]
            path = {resource.RequiredText("path")}
            read only = {(IsReadOnly(resource) ? "yes" : "no")}
            {(users.IsEmpty ? "guest ok = yes" : $"valid users = {string.Join(' ', users)}")}
            strict sync = yes
            sync always = yes
            veto files = /.holdfast-share/

            """);
    }

    private static bool IsReadOnly(ResourceSpec resource) => resource.Text("read-only") is "yes";
}
