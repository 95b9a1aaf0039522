using System.Globalization;
using Broadside.Cli.Options;
using Broadside.Relay;

namespace Broadside.Cli.Serving;

/// <summary>A relay's state in one line; rates are since the line was last made.</summary>
internal sealed class StatusLine(RelayServer relay, Arena arena, TimeProvider timeProvider)
{
    private RelayStatistics _last = relay.Statistics;
    private long _at = timeProvider.GetTimestamp();

    public string Next()
    {
        var now = relay.Statistics;
        var at = timeProvider.GetTimestamp();
        var seconds = Math.Max(timeProvider.GetElapsedTime(_at, at).TotalSeconds, 0.001);
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"{now.Connections:N0} clients, {now.Channels:N0} channels, {now.Patterns:N0} patterns; {Rate(now.Published, _last.Published):N0} messages/s, {Rate(now.Deliveries, _last.Deliveries):N0} deliveries/s; {arena.AllocatedBytes >> 20:N0} of {new ByteSize(arena.MaximumBytes)}");
        (_last, _at) = (now, at);
        return now.SlowDisconnected + now.Dropped + now.Refused == 0
            ? line
            : string.Create(CultureInfo.InvariantCulture, $"{line}; {now.SlowDisconnected:N0} disconnected, {now.Dropped:N0} dropped, {now.Refused:N0} refused");

        double Rate(long current, long previous) => (current - previous) / seconds;
    }
}
