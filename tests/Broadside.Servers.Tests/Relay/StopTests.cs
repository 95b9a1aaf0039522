using System.Net.Sockets;
using Broadside.Relay;

namespace Broadside.Servers.Tests.Relay;

/// <summary>Stopping in the midst of everything gives all back. Alone, as it counts the process's descriptors.</summary>
[Collection(nameof(AllocationTests))]
public sealed class StopTests
{
    [Theory]
    [InlineData(SlowMemberPolicy.Disconnect)]
    [InlineData(SlowMemberPolicy.DropOldest)]
    [InlineData(SlowMemberPolicy.Wait)]
    public async Task Descriptors_and_memory_return_to_what_they_were(SlowMemberPolicy policy)
    {
        // The first use of sockets keeps a few descriptors.
        await StopUnderLoadAsync(policy);
        var before = CountDescriptors();
        for (var round = 0; round < 3; round++)
        {
            var arena = await StopUnderLoadAsync(policy);
            Eventually.True(() => arena.Outstanding().Count == 0, "memory is held");
            Assert.Equal(0, arena.AllocatedBytes);
        }

        Eventually.True(() => CountDescriptors() <= before, "descriptors are held");
    }

    private static async Task<Arena> StopUnderLoadAsync(SlowMemberPolicy policy)
    {
        var engine = new EngineOptions { Channels = 2, Arena = new ArenaOptions { MaximumBytes = 32 << 20, Diagnostics = true } };
        var relay = await RunningRelay.StartAsync(
            new RelayOptions { SlowMembers = policy, MaximumLag = 4 << 20, MaximumRecord = 1 << 20, WaitTimeout = TimeSpan.FromSeconds(1) }, engine);
        var clients = new List<RespClient>();
        var loads = new List<Task>();
        for (var number = 0; number < 12; number++)
        {
            var client = new RespClient(relay.EndPoint, number % 3 == 0 ? 4096 : 0);
            clients.Add(client);
            var kind = number % 4;
            loads.Add(Task.Run(() => Load(client, kind)));
        }

        Eventually.True(() => relay.Server.Statistics is { Published: > 500, Channels: > 0 });
        await relay.Server.StopAsync(TimeSpan.FromMilliseconds(100));
        await relay.DisposeAsync();
        clients.ForEach(client => client.Dispose());
        await Task.WhenAll(loads).WaitAsync(TimeSpan.FromSeconds(30));
        return relay.Engine.Arena;
    }

    // Until the relay is gone.
    private static void Load(RespClient client, int kind)
    {
        try
        {
            switch (kind)
            {
                case 0:
                    client.Send("SUBSCRIBE", "a");
                    client.SendBytes("*2\r\n$4\r\nECHO\r\n$100000\r\nbeginning"u8);
                    break;
                case 1:
                    client.Send("PSUBSCRIBE", "*");
                    while (client.ReadBytes() is not null)
                    {
                    }

                    break;
                case 2:
                    Publish(client);
                    break;
                default:
                    while (client.Ask("HELLO", "3").Length > 0 && client.Ask("SUBSCRIBE", "a").Length > 0 && client.Ask("RESET").Length > 0)
                    {
                    }

                    break;
            }
        }
        catch (Exception exception) when (exception is SocketException or EndOfStreamException or ObjectDisposedException)
        {
        }
    }

    private static void Publish(RespClient client)
    {
        var small = new string('s', 200);
        var large = new string('l', 50_000);
        for (var count = 0; ; count++)
        {
            client.Ask("PUBLISH", "a", count % 8 == 0 ? large : small, "ID", $"{count % 100}", "PRIORITY", $"{count % 8}");
            client.Ask("UNPUBLISH", "a", $"{(count + 50) % 100}");
        }
    }

    // Not those of assemblies, of which more may be loaded at any time.
    private static int CountDescriptors() => Directory.EnumerateFileSystemEntries("/proc/self/fd")
        .Count(descriptor => new FileInfo(descriptor).LinkTarget is { } target && !target.StartsWith('/'));
}
