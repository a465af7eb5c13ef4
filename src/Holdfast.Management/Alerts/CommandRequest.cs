using System.Collections.Immutable;

namespace Holdfast.Management.Alerts;

/// <summary>A program to be run.</summary>
/// <param name="Command">The program and its arguments.</param>
/// <param name="User">The account.</param>
/// <param name="Input">What it reads.</param>
/// <param name="Timeout">How long it may take.</param>
public sealed record CommandRequest(ImmutableArray<string> Command, string User, ReadOnlyMemory<byte> Input, TimeSpan Timeout);
