`include "pim_assert.svh"
`include "pim_pkg.svh"
// Scores of a vector to probabilities, in place, four a cycle: three passes over its row in BRAM (maximum; exponentials
// and their sum; probabilities) and a divide between the last two. A vector takes exactly 3 * ceil(n / 4) + Fixed
// cycles; the pipelines and the divide need fewer and the unit waits.
module pim_softmax_unit #(
    parameter int Fixed = 64
) (
    input logic clk_i,
    input logic rst_ni,

    input  logic              start_i,    // the first vector begins in the next cycle
    output logic              last_o,     // the last cycle of the last vector
    input  pim_pkg::decoded_t decoded_i,
    input  pim_pkg::fields_t  fields_i,
    input  pim_pkg::runs_t    runs_i,     // blocks of 64 scores
    output logic              again_o,    // a pass begins with the first run
    output logic              advance_o,  // the next one is its turn

    output pim_pkg::bram_read_t  line_read_o,
    /* verilator lint_off UNUSEDSIGNAL */
    input  logic [1023:0]        line_i,        // four scores of it
    /* verilator lint_on UNUSEDSIGNAL */
    output pim_pkg::bram_write_t write_o,
    output logic [63:0]          write_data_o
);
  localparam int Slack = Fixed - 33;  // cycles of a vector in which it waits
  localparam logic [2:0] Idle = 3'd0;
  localparam logic [2:0] Maximum = 3'd1;
  localparam logic [2:0] Weights = 3'd2;
  localparam logic [2:0] Divide = 3'd3;
  localparam logic [2:0] Results = 3'd4;
  localparam logic [2:0] Rest = 3'd5;
  logic [2:0] state_q;

  // ---- the vector
  logic [19:0] vector_q;
  logic [ 7:0] head_q, turn_q;
  logic [20:0] seen_q;
  logic [21:0] row_q;
  logic [6:0] left_q;  // cycles of the vector, when its passes are through
  logic [20:0] seen_next;
  assign seen_next = head_q == fields_i.heads - 8'd1 && turn_q == decoded_i.member ? seen_q + 21'd1 : seen_q;

  logic [20:0] begin_with;  // scores of the vector that begins next
  assign begin_with = state_q == Idle ? decoded_i.held_first : seen_next;

  // ---- a pass: one read a cycle
  logic reading, ends, run_ends, last_group;
  logic [20:0] index_q, index_next;  // of the first score
  assign reading          = (state_q == Maximum || state_q == Weights || state_q == Results) && index_q < seen_q;
  assign run_ends         = !runs_i.run_open && index_q + 21'd4 == {6'd0, runs_i.run_end, 6'd0};
  assign index_next       = run_ends ? {6'd0, runs_i.next_begin, 6'd0} : index_q + 21'd4;
  assign ends             = index_q + 21'd4 >= seen_q;
  assign last_group       = ends || index_next >= seen_q;
  assign advance_o        = reading && run_ends && !last_group;
  assign line_read_o.req  = reading;
  assign line_read_o.word = row_q[21:2] + index_q[19:0];

  logic vector_end, begin_vector;
  assign vector_end   = state_q == Rest && left_q == 7'd1;
  assign last_o       = vector_end && vector_q == decoded_i.vectors - 20'd1;
  assign begin_vector = start_i || (vector_end && !last_o);
  assign again_o      = begin_vector || (state_q == Maximum && s1_valid_q && s1_last_q) || divide_done;

  // ---- pipeline: 1 scores, 2 distances to the maximum, 3 weights, 4 products
  logic s1_valid_q, s1_last_q, s2_valid_q, s2_last_q, s3_valid_q, s3_last_q, s4_valid_q, s4_last_q;
  logic [ 2:0] s1_count_q, s2_count_q, s3_count_q, s4_count_q;
  logic [19:0] s1_index_q, s2_index_q, s3_index_q, s4_index_q;  // in pairs

  logic signed [31:0] maximum_q, maximum_d;
  logic signed [31:0] score0, score1, score2, score3;
  assign score0 = line_i[31:0];
  assign score1 = line_i[63:32];
  assign score2 = line_i[95:64];
  assign score3 = line_i[127:96];
  always_comb begin
    maximum_d = maximum_q;
    if (score0 > maximum_d) maximum_d = score0;
    if (s1_count_q > 3'd1 && score1 > maximum_d) maximum_d = score1;
    if (s1_count_q > 3'd2 && score2 > maximum_d) maximum_d = score2;
    if (s1_count_q > 3'd3 && score3 > maximum_d) maximum_d = score3;
  end

  logic [63:0] weights;  // four of 16 bits
  logic [63:0] s3_weights_q;
  logic [63:0] s2_distance_q;
  for (genvar i = 0; i < 4; i++) begin : g_weight
    logic signed [32:0] distance;
    assign distance = 33'(maximum_q) - 33'($signed(line_i[32*i+:32]));
    always_ff @(posedge clk_i) begin
      if (s1_valid_q) s2_distance_q[16*i+:16] <= distance > 33'sd65535 ? 16'hffff : distance[15:0];
    end
    pim_exp2 u_exp2 (
        .t_i(s2_distance_q[16*i+:16]),
        .y_o(weights[16*i+:16])
    );
  end

  logic [32:0] sum_q, sum_d;
  always_comb begin
    sum_d = sum_q + 33'(s3_weights_q[15:0]);
    if (s3_count_q > 3'd1) sum_d = sum_d + 33'(s3_weights_q[31:16]);
    if (s3_count_q > 3'd2) sum_d = sum_d + 33'(s3_weights_q[47:32]);
    if (s3_count_q > 3'd3) sum_d = sum_d + 33'(s3_weights_q[63:48]);
  end

  // The reciprocal: floor((2^46 + floor(sum / 2)) / sum), at most 2^31.
  logic divide_start_q, divide_done;
  /* verilator lint_off UNUSEDSIGNAL */
  logic [47:0] quotient;
  logic digit_valid;
  logic [1:0] digit;
  /* verilator lint_on UNUSEDSIGNAL */
  pim_divider #(
      .Width(48),
      .DivisorBits(33)
  ) u_divider (
      .clk_i,
      .rst_ni,
      .start_i      (divide_start_q),
      .remainder_i  (33'd0),
      .dividend_i   (48'h4000_0000_0000 + 48'(sum_q[32:1])),
      .divisor_i    (sum_q),
      .steps_i      (6'd24),
      .digit_valid_o(digit_valid),
      .digit_o      (digit),
      .done_o       (divide_done),
      .quotient_o   (quotient)
  );
  logic [31:0] reciprocal_q;

  // Probabilities: rounded by 2^30, at most 65535.
  logic [63:0] s4_probabilities_q;
  for (genvar i = 0; i < 4; i++) begin : g_probability
    logic [18:0] product, shifted;  // down to the bit that rounds
    assign product = 19'((48'(s3_weights_q[16*i+:16]) * 48'(reciprocal_q)) >> 29);
    assign shifted = {1'b0, product[18:1]} + 19'(product[0]);
    always_ff @(posedge clk_i) begin
      if (s3_valid_q && state_q == Results) s4_probabilities_q[16*i+:16] <= shifted > 19'd65535 ? 16'hffff : shifted[15:0];
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q        <= Idle;
      vector_q       <= '0;
      head_q         <= '0;
      turn_q         <= '0;
      seen_q         <= '0;
      row_q          <= '0;
      left_q         <= '0;
      index_q        <= '0;
      maximum_q      <= '0;
      sum_q          <= '0;
      reciprocal_q   <= '0;
      divide_start_q <= 1'b0;
      s1_valid_q     <= 1'b0;
      s2_valid_q     <= 1'b0;
      s3_valid_q     <= 1'b0;
      s4_valid_q     <= 1'b0;
    end else begin
      s1_valid_q     <= reading;
      s2_valid_q     <= s1_valid_q && state_q != Maximum;
      s3_valid_q     <= s2_valid_q;
      s4_valid_q     <= s3_valid_q && state_q == Results;
      divide_start_q <= 1'b0;

      if (reading) index_q <= index_next;
      if (state_q == Rest) left_q <= left_q - 7'd1;
      case (state_q)
        Maximum: begin
          if (s1_valid_q) maximum_q <= maximum_d;
          if (s1_valid_q && s1_last_q) begin
            state_q <= Weights;
            index_q <= {6'd0, runs_i.first, 6'd0};
          end
        end
        Weights: begin
          if (s3_valid_q) sum_q <= sum_d;
          if (s3_valid_q && s3_last_q) begin
            state_q        <= Divide;
            divide_start_q <= 1'b1;
          end
        end
        Divide: begin
          if (divide_done) begin
            state_q      <= Results;
            reciprocal_q <= quotient[31:0];
            index_q      <= {6'd0, runs_i.first, 6'd0};
          end
        end
        Results: begin
          if (s4_valid_q && s4_last_q) begin
            state_q <= Rest;
            left_q  <= 7'(Slack) - 7'd1;
          end
        end
        default: ;
      endcase

      if (vector_end) state_q <= Idle;
      if (begin_vector) begin
        state_q   <= begin_with == '0 ? Rest : Maximum;
        vector_q  <= start_i ? '0 : vector_q + 20'd1;
        seen_q    <= begin_with;
        row_q     <= start_i ? fields_i.bram_in : row_q + {fields_i.pitch, 2'b00};
        left_q    <= 7'(Fixed);  // of a vector that sees nothing
        index_q   <= {6'd0, runs_i.first, 6'd0};
        maximum_q <= 32'sh8000_0000;
        sum_q     <= '0;
        head_q    <= start_i || head_q == fields_i.heads - 8'd1 ? '0 : head_q + 8'd1;
        if (start_i) turn_q <= decoded_i.turn;
        else if (head_q == fields_i.heads - 8'd1) turn_q <= turn_q == fields_i.members - 8'd1 ? '0 : turn_q + 8'd1;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    s1_last_q  <= last_group;
    s2_last_q  <= s1_last_q;
    s3_last_q  <= s2_last_q;
    s4_last_q  <= s3_last_q;
    s1_count_q <= ends ? 3'(seen_q - index_q) : 3'd4;
    s2_count_q <= s1_count_q;
    s3_count_q <= s2_count_q;
    s4_count_q <= s3_count_q;
    s1_index_q <= index_q[20:1];
    s2_index_q <= s1_index_q;
    s3_index_q <= s2_index_q;
    s4_index_q <= s3_index_q;
    if (s2_valid_q) s3_weights_q <= weights;
  end

  assign write_o.req   = s4_valid_q;
  assign write_o.word  = row_q[21:2] + s4_index_q;
  assign write_o.bytes = {5'd0, s4_count_q, 1'b0};
  assign write_data_o  = s4_probabilities_q;

`ifdef PIM_ASSERTIONS
  a_one_command :
  assert property (@(posedge clk_i) start_i |-> state_q == Idle);
  a_results_in_time :
  assert property (@(posedge clk_i) write_o.req == $past(line_read_o.req && state_q == Results, 4));
  a_sum_divides :
  assert property (@(posedge clk_i) divide_start_q |-> sum_q >= 33'd32768);
`endif
endmodule
