using Broadside.NetStack.Tcp;
using Broadside.NetStack.Tests.Tcp.Harness;

namespace Broadside.NetStack.Tests.Tcp;

/// <summary>How connections end when something is still on its way, and what the next one in the same object knows of it.</summary>
public sealed class TcpEndingTests : IDisposable
{
    private readonly TcpWorld _world = new();

    public void Dispose()
    {
        _world.RunFor(TimeSpan.FromMinutes(3));
        _world.Dispose();
        Assert.Empty(_world.Arena.Outstanding());
    }

    /// <summary>RFC 9293 section 3.10.7.4, second: in LAST-ACK a reset is not told of, unless bytes were lost by it.</summary>
    [Theory]
    [InlineData(1000)]
    [InlineData(0)]
    public void A_reset_in_last_ack_is_an_end_in_order_only_if_all_bytes_had_arrived(int length)
    {
        var (client, server) = _world.Connect();
        client.Connection.ShutdownSend();
        _world.Run(() => server.Seen.HasFlag(TcpEvents.PeerClosed), "the end of stream");
        _world.Carries = packet => packet.Source == _world.Client.Network.Address;
        if (length > 0)
        {
            server.Send(new byte[length]);
        }

        server.Connection.ShutdownSend();
        _world.Run(() => server.Connection.State == TcpState.LastAcknowledgment, "the FIN to be sent");
        client.Connection.Abort(_world.Now);
        _world.Run(() => server.CloseReason is not null, "the reset");
        Assert.Equal(length > 0 ? TcpCloseReason.PeerReset : TcpCloseReason.Closed, server.CloseReason);
    }

    [Fact]
    public void A_connection_that_never_opens_has_nothing_of_the_one_before_it_to_read()
    {
        var (client, server) = _world.Connect();
        client.Reads = false;
        server.Send(new byte[100_000]);
        _world.Run(() => server.Unreleased == 0, "the bytes to arrive");
        var before = client.Connection;
        client.Connection.Abort(_world.Now);
        _world.Run(() => server.CloseReason is not null, "the reset");

        var refused = _world.Client.Connect(_world.Server, 81);
        Assert.Same(before, refused.Connection);
        Assert.Equal(0, refused.Connection.ReadableLength);
        _world.Run(() => refused.CloseReason is not null, "the refusal");
        Assert.Equal(TcpCloseReason.Refused, refused.CloseReason);
        Assert.Equal(0, refused.Received.Length);
    }
}
