namespace Broadside.Bench.Machine;

/// <summary>Something that ends a measurement, in words for the user.</summary>
internal sealed class BenchException(string message) : Exception(message);
