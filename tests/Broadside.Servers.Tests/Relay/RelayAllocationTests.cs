using Broadside.Channels;

namespace Broadside.Servers.Tests.Relay;

/// <summary>A message from the publisher's socket to its subscribers' allocates nothing on the channel's thread.</summary>
[Collection(nameof(AllocationTests))]
public sealed class RelayAllocationTests
{
    private const int Subscribers = 10;
    private const int Batch = 16;

    [Theory]
    [InlineData(100)]
    [InlineData(20_000)]
    public async Task Publishing_to_subscribers_allocates_nothing(int length)
    {
        Requirement.IsOptimised();
        await using var relay = await RunningRelay.StartAsync(engineOptions: new EngineOptions { Channels = 1 });
        var channel = relay.Engine.Channels[0];
        var subscribers = Enumerable.Range(0, Subscribers).Select(_ => relay.Connect()).ToList();
        foreach (var subscriber in subscribers)
        {
            subscriber.Send("*2\r\n$9\r\nsubscribe\r\n$1\r\na\r\n"u8);
            subscriber.Skip("*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n"u8.Length);
        }

        using var publisher = relay.Connect();
        var message = new string('m', length);
        var command = RespClient.Encode("PUBLISH", "a", message);
        var commands = Enumerable.Repeat(command, Batch).SelectMany(bytes => bytes).ToArray();
        var received = Batch * RespClient.Encode("message", "a", message).Length;
        var least = long.MaxValue;
        for (var round = 0; round < 300; round++)
        {
            Publish();
        }

        var allocated = new AllocatedBytes();
        for (var attempt = 0; attempt < 5 && least > 0; attempt++)
        {
            var before = allocated.Read(channel);
            for (var round = 0; round < 20; round++)
            {
                Publish();
            }

            least = Math.Min(least, allocated.Read(channel) - before);
        }

        subscribers.ForEach(subscriber => subscriber.Dispose());
        Assert.Equal(0, least);

        void Publish()
        {
            publisher.Send(commands);
            publisher.Skip(Batch * ":10\r\n"u8.Length);
            foreach (var subscriber in subscribers)
            {
                subscriber.Skip(received);
            }
        }
    }

    /// <summary>Reads, on a channel's thread, what that has allocated.</summary>
    private sealed class AllocatedBytes : ChannelWork
    {
        private readonly ManualResetEventSlim _isRead = new();
        private long _bytes;

        public long Read(IoChannel channel)
        {
            _isRead.Reset();
            Assert.True(channel.Post(this));
            Assert.True(_isRead.Wait(TimeSpan.FromSeconds(20)));
            return _bytes;
        }

        protected override void Run()
        {
            _bytes = GC.GetAllocatedBytesForCurrentThread();
            _isRead.Set();
        }
    }
}
