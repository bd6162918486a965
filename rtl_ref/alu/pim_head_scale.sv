// Exponent, shift and zero point of a head: query record (bits = 0) or KV record of 16, 8 or 4 bits.
module pim_head_scale (
    input  logic [31:0] below_i,
    input  logic [31:0] above_i,
    input  logic [ 4:0] bits_i,
    output logic [ 4:0] exponent_o,
    output logic [ 3:0] shift_o,
    output logic [ 3:0] zero_o
);
  logic query, nibbles;
  assign query   = bits_i == 5'd0;
  assign nibbles = bits_i == 5'd4;

  // Codes of a sign and 15 or 7 bits.
  logic [4:0] symmetric;
  pim_exponent u_symmetric (
      .magnitude_i (below_i > above_i ? below_i : above_i),
      .eight_bits_i(bits_i == 5'd8),
      .exponent_o  (symmetric)
  );

  // Four bits: the range of both sides together has to be below 16 steps, and half of that fits in any case.
  logic [32:0] span;
  logic [5:0] top;
  logic [5:0] first;
  assign span = {1'b0, below_i} + {1'b0, above_i};
  pim_leading_one #(
      .Width(33),
      .PositionBits(6)
  ) u_top (
      .x_i       (span),
      .position_o(top)
  );
  assign first = top > 6'd8 ? top - 6'd3 : 6'd5;

  logic [33:0] below_doubled, above_doubled;
  logic [32:0] below_steps, above_steps;
  assign below_doubled = {1'b0, below_i, 1'b0} >> first;
  assign above_doubled = {1'b0, above_i, 1'b0} >> first;
  assign below_steps   = below_doubled[33:1] + {32'd0, below_doubled[0]};
  assign above_steps   = above_doubled[33:1] + {32'd0, above_doubled[0]};
  logic fits;
  assign fits = below_steps + above_steps <= 33'd15;

  logic [4:0] bias, largest, wanted;
  always_comb begin
    bias    = 5'd0;
    largest = 5'd31;
    case (bits_i)
      5'd16:   largest = 5'd12;
      5'd8: begin
        bias    = 5'd2;
        largest = 5'd17;
      end
      5'd4: begin
        bias    = 5'd5;
        largest = 5'd20;
      end
      default: ;
    endcase
    wanted = nibbles ? 5'(first + {5'd0, !fits}) : symmetric;
    if (wanted < bias) exponent_o = bias;
    else if (wanted > largest) exponent_o = largest;
    else exponent_o = wanted;
  end
  assign shift_o = query ? 4'd0 : 4'(exponent_o - bias);

  logic [32:0] zero_doubled, zero;
  assign zero_doubled = {below_i, 1'b0} >> exponent_o;
  assign zero         = {1'b0, zero_doubled[32:1]} + {32'd0, zero_doubled[0]};
  assign zero_o       = !nibbles ? 4'd0 : zero > 33'd15 ? 4'd15 : zero[3:0];
endmodule
