using Broadside.NetStack.Tcp;
using Broadside.NetStack.Tests.Tcp.Harness;

namespace Broadside.NetStack.Tests.Faults;

/// <summary>Peers whose windows and acknowledgments are not as they should be.</summary>
public sealed class WindowFaultTests : IDisposable
{
    private const int Length = 20_000;

    private readonly FaultWorld _world = new();
    private readonly TestAcceptor _acceptor;

    public WindowFaultTests() => _acceptor = _world.Server.Listen(80);

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(3000)]
    public void A_peer_whose_window_stays_closed_for_hours_is_probed_and_then_served_RFC_9293_3_8_6_1(int before)
    {
        var peer = new HandmadePeer(_world, _acceptor, new(1), window: (ushort)before);
        peer.User.Send(new byte[Length]);
        _world.Settle();
        var probes = HoldClosed(peer, TimeSpan.FromHours(3));
        Assert.InRange(probes, 60, 250);
        Assert.Null(peer.User.CloseReason);
        Finish(peer);
    }

    [Fact]
    public void A_peer_that_takes_its_window_back_and_answers_is_waited_for_RFC_9293_3_8_6()
    {
        // Twenty thousand bytes are in flight when the window shrinks to nothing.
        var peer = new HandmadePeer(_world, _acceptor, new(1));
        peer.User.Send(new byte[Length]);
        _world.Settle();
        Assert.NotEmpty(peer.Take());
        peer.Acknowledge(window: 0);
        Assert.InRange(HoldClosed(peer, TimeSpan.FromHours(3)), 60, 250);
        Assert.Null(peer.User.CloseReason);
        Finish(peer);
    }

    [Fact]
    public void A_peer_with_a_closed_window_that_answers_no_more_is_given_up()
    {
        var peer = new HandmadePeer(_world, _acceptor, new(1), window: 0);
        peer.User.Send(new byte[Length]);
        _world.Run(() => peer.User.CloseReason is not null, "the connection to be given up");
        Assert.Equal(TcpCloseReason.TimedOut, peer.User.CloseReason);
    }

    [Fact]
    public void A_window_of_one_byte_does_not_make_segments_of_one_byte_RFC_9293_3_8_6_2()
    {
        var peer = new HandmadePeer(_world, _acceptor, new(1), window: 4000);
        peer.User.Send(new byte[Length]);
        _world.Settle();
        var sent = 0;
        peer.ServerNext += peer.Take().Sum(segment => segment.Payload.Length);
        for (var count = 0; count < 1000; count++)
        {
            peer.Acknowledge(window: 1);
            sent += peer.Take().Count;
        }

        Assert.Equal(0, sent);
        Finish(peer);
    }

    [Fact]
    public void Acknowledgments_of_what_was_not_sent_are_not_believed_RFC_5961_5()
    {
        var peer = new HandmadePeer(_world, _acceptor, new(1));
        peer.User.Send(new byte[100_000]);
        _world.Settle();
        var sent = peer.Take().Sum(segment => segment.Payload.Length);
        for (var ahead = 1; ahead < 50_000; ahead++)
        {
            peer.Acknowledge(peer.ServerNext + sent + ahead);
        }

        // The optimist who acknowledges what is on its way gains nothing that is not in flight, and bytes are released only once.
        Assert.Equal(100_000, peer.User.Connection.UnacknowledgedLength);
        Assert.InRange(peer.Take().Count, 0, 1);
        Finish(peer, 100_000);
    }

    [Fact]
    public void Hostile_SACK_blocks_by_the_hundred_thousand_do_no_harm_RFC_2018_8()
    {
        var peer = new HandmadePeer(_world, _acceptor, new(1), new() { SackPermitted = true, MaximumSegmentSize = 536, WindowScale = 10 });
        var random = new Random(1);
        peer.User.Send(new byte[500_000]);
        _world.Settle();
        var blocks = new SackBlock[4];
        for (var count = 0; count < 200_000; count++)
        {
            var sent = (int)(500_000 - peer.User.Connection.UnsentLength);
            for (var index = 0; index < blocks.Length; index++)
            {
                var left = peer.ServerNext + random.Next(-5_000, sent + 5_000);
                blocks[index] = new(left, left + (random.Next(20) == 0 ? random.Next() : random.Next(1, 3)));
            }

            peer.Acknowledge(options: new() { SackBlocks = new(blocks) });
            _world.ToStrangers.Clear();
        }

        Assert.InRange(peer.User.Connection.Recovery.Outstanding, 0, 500_000);
        Finish(peer, 500_000);
    }

    [Fact]
    public void Reports_of_duplicates_without_end_do_no_harm_RFC_2883()
    {
        var peer = new HandmadePeer(_world, _acceptor, new(1), new() { SackPermitted = true });
        peer.User.Send(new byte[Length]);
        _world.Settle();
        for (var count = 0; count < 50_000; count++)
        {
            peer.Acknowledge(options: new() { SackBlocks = new([new(peer.ServerNext - 10_000, peer.ServerNext - (count % 5000))]) });
        }

        Assert.InRange(peer.Take().Count, 0, 200);
        Finish(peer);
    }

    // Answers each probe, but takes nothing.
    private int HoldClosed(HandmadePeer peer, TimeSpan time)
    {
        peer.Take();
        var probes = 0;
        for (var end = _world.Now + time; _world.Now < end;)
        {
            _world.RunFor(TimeSpan.FromSeconds(5));
            var segments = peer.Take().Count;
            probes += segments;
            if (segments > 0)
            {
                peer.Acknowledge(window: 0);
            }
        }

        return probes;
    }

    // Takes all that comes from now on.
    private void Finish(HandmadePeer peer, int length = Length)
    {
        var connection = peer.User.Connection;
        peer.Acknowledge();
        for (var round = 0; connection.UnacknowledgedLength > 0; round++)
        {
            Assert.True(round < 3000, "The connection does not go on.");
            _world.RunFor(TimeSpan.FromMilliseconds(100));
            foreach (var (header, payload) in peer.Take())
            {
                if (header.SequenceNumber <= peer.ServerNext && header.SequenceNumber + payload.Length > peer.ServerNext)
                {
                    peer.ServerNext = header.SequenceNumber + payload.Length;
                }
            }

            peer.Acknowledge();
        }

        _world.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal(0, peer.User.Unreleased);
        Assert.InRange(length, 1, int.MaxValue);
        _world.Close(peer.User);
    }
}
