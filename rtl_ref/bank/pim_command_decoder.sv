`include "pim_pkg.svh"
// Takes a descriptor apart: checks it as checkBankCommand() of core/operations/bank_operation.h does, and works out
// the sizes the units of the bank go by. Four steps, of about the same depth: as the descriptor is loaded, what the
// divisions need; then in start_i's cycle the quotients; then rests and sizes; then, in the cycle in which results are
// used, where everything ends. The descriptor stays, and so do the results.
//
// Refused beyond what checkBankCommand() refuses: weights of 16 bits or without scales of 16; cached tokens that neither
// fill whole columns nor divide one; more vectors or sums than the bank has accumulators for; and sparse weights where the
// bank is built without them.
module pim_command_decoder #(
    parameter int MaxVectors = 64,
    parameter int MaxSums = 8192,  // of PV: vectors * head_dim
    parameter int SparseWeights = 1
) (
    input logic clk_i,
    input logic load_i,   // next_i becomes the command
    input logic start_i,  // the cycle after

    /* verilator lint_off UNUSEDSIGNAL */
    input logic [1023:0] next_i,
    input logic [1023:0] command_i,  // some fields are the die's
    /* verilator lint_on UNUSEDSIGNAL */
    input logic [   4:0] bank_i,        // in its die
    input logic [   5:0] mac_beat_i,    // cycles in which the MAC array takes 64 products
    input logic [  21:0] bram_bytes_i,
    input logic [  31:0] bmem_bytes_i,

    // what the mask keeps: the first of all a cycle after start_i, a run from then on
    input pim_pkg::runs_t runs_i,
    input logic           next_run_i,  // the next run counts, not the one at hand

    output logic              ok_o,
    output pim_pkg::decoded_t decoded_o,
    output logic [25:0]       column_o,   // where the stream of MAC begins, or of SCORE and PV that of the run
    output logic [25:0]       columns_o   // and how long it is
);
  `include "pim_abi.svh"

  localparam int MostElements = 1 << 20;
  localparam int MostK = 65536;
  localparam int MostHeadDim = 1024;

  // ---- fields
  logic [7:0] opcode, flags, banks;
  assign opcode = command_i[CmdOpcode+:8];
  assign flags  = command_i[CmdFlags+:8];
  assign banks  = command_i[CmdBanksPerGroup+:8];

  logic [31:0] mac_bmem, mac_rows, mac_k, mac_vectors, mac_in, mac_out, mac_out_rows;
  logic [15:0] mac_group;
  logic [7:0] weight_bits, scale_bits, zero_bits, activation_bits, sparsity;
  assign mac_bmem        = command_i[CmdMacBmem+:32];
  assign mac_rows        = command_i[CmdMacRows+:32];
  assign mac_k           = command_i[CmdMacK+:32];
  assign mac_vectors     = command_i[CmdMacVectors+:32];
  assign mac_in          = command_i[CmdMacBramIn+:32];
  assign mac_out         = command_i[CmdMacBramOut+:32];
  assign mac_out_rows    = command_i[CmdMacOutRows+:32];
  assign mac_group       = {8'd0, command_i[CmdMacGroup+:8]};
  assign weight_bits     = command_i[CmdMacWeightBits+:8];
  assign scale_bits      = command_i[CmdMacScaleBits+:8];
  assign zero_bits       = command_i[CmdMacZeroBits+:8];
  assign activation_bits = command_i[CmdMacActivationBits+:8];
  assign sparsity        = command_i[CmdMacSparsity+:8];

  logic [31:0] att_bmem, att_length, att_tokens, att_in, att_out, att_pitch, mask_blocks;
  logic [7:0] att_heads;
  assign att_bmem   = command_i[CmdAttentionBmem+:32];
  assign att_length = command_i[CmdAttentionLength+:32];
  assign att_tokens = command_i[CmdAttentionTokens+:32];
  assign att_in     = command_i[CmdAttentionBramIn+:32];
  assign att_out    = command_i[CmdAttentionBramOut+:32];
  assign att_pitch  = command_i[CmdAttentionPitch+:32];
  assign att_heads   = command_i[CmdAttentionHeadsPerGroup+:8];
  assign mask_blocks = command_i[CmdAttentionMaskBlocks+:32];

  logic [31:0] store_k, store_v, store_first, store_tokens, store_in;
  assign store_k      = command_i[CmdStoreBmemK+:32];
  assign store_v      = command_i[CmdStoreBmemV+:32];
  assign store_first  = command_i[CmdStoreFirst+:32];
  assign store_tokens = command_i[CmdStoreTokens+:32];
  assign store_in     = command_i[CmdStoreBramIn+:32];

  logic [31:0] fill_at, fill_words;
  assign fill_at    = command_i[CmdFillBram+:32];
  assign fill_words = command_i[CmdFillWords+:32];

  logic [15:0] head_dim;
  logic [7:0] kv_bits;
  assign head_dim = opcode == OpStore ? command_i[CmdStoreHeadDim+:16] : command_i[CmdAttentionHeadDim+:16];
  assign kv_bits  = opcode == OpStore ? command_i[CmdStoreKvBits+:8] : command_i[CmdAttentionKvBits+:8];

  // ---- while the descriptor is loaded: tokens of the sequence at the two ends, and 2^29 / banks, rounded up
  logic [7:0] next_banks;
  logic next_store;
  assign next_banks = next_i[CmdBanksPerGroup+:8];
  assign next_store = next_i[CmdOpcode+:8] == OpStore;
  logic [20:0] next_first, next_more;
  assign next_first = next_store ? next_i[CmdStoreFirst+:21] : next_i[CmdAttentionLength+:21];
  assign next_more  = next_store ? next_i[CmdStoreTokens+:21] : next_i[CmdAttentionTokens+:21] - 21'd1;
  logic [29:0] reciprocal;
  pim_reciprocal_table u_reciprocal (
      .divisor_i   (next_banks),
      .reciprocal_o(reciprocal)
  );

  logic [29:0] reciprocal_q;
  logic [20:0] first_count_q, last_count_q;
  always_ff @(posedge clk_i) begin
    if (load_i) begin
      reciprocal_q  <= reciprocal;
      first_count_q <= next_first;
      last_count_q  <= next_first + next_more;
    end
  end

  // ---- start_i: quotients, and what takes one product of fields
  logic stage2_q;
  logic fields_ok_q;
  logic [20:0] first_quotient_q, last_quotient_q;
  logic [7:0] member_q, meta_columns_q;
  logic [11:0] groups_q, row_columns_q, token_bytes_q;
  logic [17:0] mantissa_bytes_q;
  logic [27:0] vectors_q;
  logic [17:0] query_bytes_q;
  logic [11:0] beats_q;  // MAC: cycles of a line for all vectors

  logic wide_zeros;
  assign wide_zeros = weight_bits == 8'd5 || weight_bits == 8'd8;
  logic mac_fields_ok, kv_ok, att_fields_ok, store_fields_ok, fill_fields_ok;
  assign mac_fields_ok = (mac_group == 16'd32 || mac_group == 16'd64 || mac_group == 16'd128) &&
      (weight_bits == 8'd3 || weight_bits == 8'd4 || weight_bits == 8'd5 || weight_bits == 8'd8) &&
      (sparsity == 8'd0 || (SparseWeights != 0 && weight_bits == 8'd4 && (sparsity == 8'd8 || sparsity == 8'd4 || sparsity == 8'd2))) &&
      scale_bits == 8'd16 && (zero_bits == 8'd0 || zero_bits == (wide_zeros ? 8'd8 : 8'd4)) &&
      (activation_bits == 8'd8 || activation_bits == 8'd16) &&
      mac_k != '0 && mac_k <= MostK && (mac_k[15:0] & (mac_group - 16'd1)) == '0 &&
      mac_vectors != '0 && mac_vectors <= MaxVectors &&
      mac_rows != '0 && mac_rows <= mac_out_rows && mac_out_rows <= MostElements &&
      mac_bmem[4:0] == '0 && mac_in[1:0] == '0 && mac_out[1:0] == '0;
  // A cached token takes whole bytes.
  assign kv_ok = head_dim != '0 && head_dim <= 16'(MostHeadDim) &&
      ((kv_bits == 8'd4 && !head_dim[0]) || kv_bits == 8'd8 || kv_bits == 8'd16);
  logic masked, mask_ok;
  assign masked  = (flags & FlagMasked) != '0;
  assign mask_ok = !masked || (banks == 8'd1 && mask_blocks != '0 && mask_blocks <= 32'd256);
  assign att_fields_ok = mask_ok && att_tokens != '0 && att_tokens <= MostElements && att_heads != '0 &&
      att_length != '0 && att_length <= MostElements && att_pitch <= MostElements && att_in[1:0] == '0 &&
      (opcode == OpSoftmax || (kv_ok && att_tokens <= MaxVectors && att_bmem[4:0] == '0 && att_out[1:0] == '0));
  assign store_fields_ok = kv_ok && store_tokens != '0 && store_tokens <= MostElements && store_first <= MostElements &&
      store_k[4:0] == '0 && store_v[4:0] == '0 && store_in[1:0] == '0;
  assign fill_fields_ok = fill_words != '0 && fill_words <= MostElements && fill_at[1:0] == '0;

  logic [11:0] groups;
  logic [17:0] meta_bytes;
  logic [7:0] meta_columns;
  assign groups       = mac_group[5] ? mac_k[16:5] : mac_group[6] ? {1'b0, mac_k[16:6]} : {2'b00, mac_k[16:7]};
  assign meta_bytes   = 18'({groups, 1'b0}) + (zero_bits == '0 ? '0 : wide_zeros ? 18'(groups) : 18'(groups[11:1]) + 18'(groups[0]));
  assign meta_columns = 8'((meta_bytes + 18'd31) >> 5);

  // Code columns of a row, of k / 32 halves of a line: 8 halves fill as many as a code has bits; 5 blocks of 16 weights
  // fill one with 8:16, 8 and 16 of them with 4:16 and 2:16.
  logic [11:0] halves, code_columns;
  logic [26:0] fifths;
  assign halves = mac_k[16:5];
  assign fifths = (27'({halves, 1'b0}) + 27'd4) * 27'd3277;  // exact: below 2^14
  always_comb begin
    case (sparsity[3:0])
      4'd8:    code_columns = 12'(fifths >> 14);
      4'd4:    code_columns = 12'((13'(halves) + 13'd3) >> 2);
      4'd2:    code_columns = 12'((13'(halves) + 13'd7) >> 3);
      default: code_columns = 12'((16'(halves * weight_bits[3:0]) + 16'd7) >> 3);
    endcase
  end

  logic [4:0] member;
  assign member = bank_i % banks[4:0];

  // Exact: counts are below 2^21, so what the reciprocal is too large by changes no quotient.
  logic [50:0] first_product, last_product;
  assign first_product = 51'(first_count_q) * 51'(reciprocal_q);
  assign last_product  = 51'(last_count_q) * 51'(reciprocal_q);

  always_ff @(posedge clk_i) begin
    stage2_q <= start_i;
    if (start_i) begin
      fields_ok_q <= banks != '0 &&
          ((opcode == OpMac && mac_fields_ok) || (opcode == OpStore && store_fields_ok) || (opcode == OpFill && fill_fields_ok) ||
           ((opcode == OpScore || opcode == OpSoftmax || opcode == OpPv) && att_fields_ok));
      first_quotient_q <= 21'(first_product >> 29);
      last_quotient_q  <= 21'(last_product >> 29);
      member_q         <= banks[7:5] != '0 ? 8'(bank_i) : banks == '0 ? '0 : 8'(member);
      groups_q         <= groups;
      mantissa_bytes_q <= activation_bits == 8'd16 ? {mac_k[16:0], 1'b0} : 18'(mac_k[16:0]);
      meta_columns_q   <= meta_columns;
      row_columns_q    <= 12'(meta_columns) + code_columns;
      beats_q          <= 12'(mac_vectors[6:0] * mac_beat_i);
      token_bytes_q    <= kv_bits[2] ? {2'b00, head_dim[10:1]} : kv_bits[3] ? {1'b0, head_dim[10:0]} : {head_dim[10:0], 1'b0};
      vectors_q        <= opcode == OpMac ? mac_vectors[27:0] : 28'(att_tokens[20:0] * att_heads);
      query_bytes_q    <= 18'(att_heads * head_dim[10:0]);
    end
  end

  // ---- the cycle after: rests, records, sizes
  logic whole_columns, whole_pieces;
  logic [5:0] pieces;
  assign whole_columns = token_bytes_q[4:0] == '0 && token_bytes_q != '0;
  always_comb begin
    whole_pieces = 1'b1;
    case (token_bytes_q)
      12'd1:   pieces = 6'd32;
      12'd2:   pieces = 6'd16;
      12'd4:   pieces = 6'd8;
      12'd8:   pieces = 6'd4;
      12'd16:  pieces = 6'd2;
      default: begin
        pieces       = 6'd1;
        whole_pieces = 1'b0;
      end
    endcase
  end

  // Of the tokens below a count, those whose turn is this bank's; and the most any bank of the head holds. Both outcomes
  // of each comparison are there before it is.
  logic [7:0] first_rest, last_rest;
  logic [20:0] held_first, held_last, held_most;
  assign first_rest = first_count_q[7:0] - 8'(first_quotient_q[7:0] * banks);
  assign last_rest  = last_count_q[7:0] - 8'(last_quotient_q[7:0] * banks);
  assign held_first = first_rest > member_q ? first_quotient_q + 21'd1 : first_quotient_q;
  assign held_last  = last_rest > member_q ? last_quotient_q + 21'd1 : last_quotient_q;
  assign held_most  = last_rest != '0 ? last_quotient_q + 21'd1 : last_quotient_q;

  // A block of the cache holds 32 tokens in a column of meta and token_bytes of codes.
  logic [11:0] block_columns;
  logic [28:0] region, region_full, region_over;  // columns of the bank that holds most
  assign block_columns = 12'd1 + token_bytes_q;
  assign region_full   = 29'(17'((22'(last_quotient_q) + 22'd31) >> 5) * 29'(block_columns));
  assign region_over   = 29'(17'((22'(last_quotient_q) + 22'd32) >> 5) * 29'(block_columns));
  assign region        = last_rest != '0 ? region_over : region_full;

  logic [18:0] mac_record, query_record, kv_record;
  assign mac_record   = (19'(mantissa_bytes_q) + 19'(groups_q) + 19'd4) & ~19'd3;
  assign query_record = ({query_bytes_q, 1'b0} + 19'(att_heads) + 19'd3) & ~19'd3;
  assign kv_record    = (19'(token_bytes_q) + 19'd4) & ~19'd3;

  logic [5:0] slots;
  assign slots = pieces > mac_beat_i ? pieces : mac_beat_i;

  // MAC: a column of 3 bits holds 4/3 lines, one of 5 bits 4/5; a sparse one needs as many lines of operands as BRAM has to
  // give for its places.
  logic [24:0] thirds;
  logic [25:0] fifths_of_beats;
  logic [13:0] mac_interval;
  assign thirds          = (25'(beats_q) + 25'd2) * 25'd2731;  // exact: below 2^12
  assign fifths_of_beats = 26'(beats_q) * 26'd3277;
  always_comb begin
    mac_interval = 14'(beats_q);
    if (weight_bits == 8'd3) mac_interval = 14'(beats_q) + 14'(thirds >> 13);
    if (weight_bits == 8'd5) mac_interval = 14'(beats_q) - 14'(fifths_of_beats >> 14);
    if (sparsity != '0) mac_interval = 14'(beats_q) << (2'(activation_bits == 8'd16) + 2'(sparsity == 8'd2));
  end

  // What it touches in the two memories.
  logic [47:0] rows, mac_results, pv_results;
  logic [32:0] mac_columns;
  logic wide;
  assign wide        = (flags & (FlagRaw | FlagAccumulate)) != '0;
  assign mac_columns = 33'(mac_rows[20:0]) * 33'(row_columns_q);
  assign mac_results = 48'(mac_vectors[6:0]) * 48'(mac_out_rows[20:0]) << (wide ? 3 : 2);
  assign rows        = 48'(vectors_q) * 48'(att_pitch[20:0]);
  assign pv_results  = 48'(vectors_q) * 48'(head_dim[10:0]) << ((flags & FlagRaw) != '0 ? 3 : 2);

  logic [47:0] in_bytes, out_bytes;
  always_comb begin
    in_bytes  = '0;
    out_bytes = '0;
    case (opcode)
      OpMac: begin
        in_bytes  = 48'(mac_vectors[6:0]) * 48'(mac_record);
        out_bytes = mac_results;
      end
      OpScore: begin
        in_bytes  = 48'(att_tokens[6:0]) * 48'(query_record);
        out_bytes = rows << 2;
      end
      OpSoftmax: in_bytes = rows << 2;
      OpFill: out_bytes = 48'(fill_words[20:0]) << 2;
      OpPv: begin
        in_bytes  = rows << 1;  // less what the last row does not reach
        out_bytes = pv_results;
      end
      default: in_bytes = 48'(store_tokens[20:0]) * 48'(kv_record) << 1;  // STORE
    endcase
  end

  logic shapes_ok;
  always_comb begin
    shapes_ok = whole_columns || whole_pieces;
    if (opcode == OpMac) shapes_ok = 1'b1;
    if (opcode == OpSoftmax) shapes_ok = 1'b1;
    if ((opcode == OpScore || opcode == OpPv) && vectors_q > 28'(MaxVectors)) shapes_ok = 1'b0;
    // Every vector sees something.
    if ((opcode == OpScore || opcode == OpSoftmax || opcode == OpPv) && masked && {6'd0, runs_i.first, 6'd0} >= att_length[20:0])
      shapes_ok = 1'b0;
    if (opcode == OpPv && whole_columns && 20'(vectors_q[6:0]) * 20'(head_dim[10:0]) > 20'(MaxSums)) shapes_ok = 1'b0;
    if (opcode == OpFill) shapes_ok = 1'b1;
  end

  logic shapes_ok_q;
  logic [20:0] held_most_q;
  logic [47:0] in_bytes_q, out_bytes_q;
  logic [32:0] cell_columns_q;
  always_ff @(posedge clk_i) begin
    if (stage2_q) begin
      shapes_ok_q            <= fields_ok_q && shapes_ok;
      held_most_q            <= held_most;
      in_bytes_q             <= in_bytes;
      out_bytes_q            <= out_bytes;
      cell_columns_q         <= opcode == OpMac ? mac_columns : 33'(region);
      decoded_o.is_mac       <= opcode == OpMac;
      decoded_o.is_score     <= opcode == OpScore;
      decoded_o.is_softmax   <= opcode == OpSoftmax;
      decoded_o.is_pv        <= opcode == OpPv;
      decoded_o.is_store     <= opcode == OpStore;
      decoded_o.is_fill      <= opcode == OpFill;
      decoded_o.raw          <= (flags & FlagRaw) != '0;
      decoded_o.accumulate   <= opcode == OpMac && (flags & FlagAccumulate) != '0;
      decoded_o.vectors      <= vectors_q[19:0];
      decoded_o.slots        <= slots;
      decoded_o.interval     <= opcode == OpStore ? 20'(pieces) : opcode == OpMac ? 20'(mac_interval) : 20'(vectors_q[6:0] * 20'(slots));
      decoded_o.record_bytes <= opcode == OpMac ? mac_record : opcode == OpStore ? kv_record : query_record;
      decoded_o.shift_offset <= opcode == OpMac ? 19'(mantissa_bytes_q) : {query_bytes_q, 1'b0};
      decoded_o.groups       <= groups_q;
      decoded_o.meta_columns <= meta_columns_q;
      decoded_o.row_columns  <= row_columns_q;
      decoded_o.token_bytes  <= token_bytes_q;
      decoded_o.pieces       <= pieces;
      decoded_o.held_first   <= held_first;
      decoded_o.held_last    <= held_last;
      decoded_o.turn         <= first_rest;
      decoded_o.member       <= member_q;
    end
  end

  // ---- the cycle of the results: where it all ends, and how many columns of the cache hold this bank's tokens
  logic [11:0] rest_code_columns;
  logic [25:0] cache_columns, rest_columns, columns_before;
  logic [20:0] run_tokens;  // where the run ends
  logic [15:0] run_blocks;  // of 32 tokens, before and in it
  logic [8:0] run_begin, run_end;
  logic run_open;
  assign run_begin         = next_run_i ? runs_i.next_begin : runs_i.first;
  assign run_end           = next_run_i ? runs_i.next_end : runs_i.run_end;
  assign run_open          = next_run_i ? runs_i.next_open : runs_i.run_open;
  assign run_tokens        = run_open || {6'd0, run_end, 6'd0} > decoded_o.held_last ? decoded_o.held_last : {6'd0, run_end, 6'd0};
  assign run_blocks        = run_tokens[20:5] - {6'd0, run_begin, 1'b0};
  assign rest_code_columns = 12'((18'(run_tokens[4:0] * token_bytes_q) + 18'd31) >> 5);
  assign rest_columns      = run_tokens[4:0] == '0 ? '0 : 26'(rest_code_columns) + 26'd1;
  assign cache_columns     = 26'(run_blocks * block_columns) + rest_columns;
  assign columns_before    = 26'({run_begin, 1'b0} * block_columns);
  assign column_o          = decoded_o.is_mac ? mac_bmem[30:5] : att_bmem[30:5] + columns_before;
  assign columns_o         = decoded_o.is_mac ? cell_columns_q[25:0] : decoded_o.is_fill ? '0 : cache_columns;

  logic [31:0] in_at, out_at, cells_at;
  logic [47:0] in_beyond, cell_bytes;  // PV: the last row ends with its last probability
  logic in_fits, out_fits, cells_fit, values_fit, pitch_fits;
  always_comb begin
    in_at      = att_in;
    out_at     = att_out;
    cells_at   = att_bmem;
    cell_bytes = {10'd0, cell_columns_q, 5'd0};
    if (decoded_o.is_mac) begin
      in_at    = mac_in;
      out_at   = mac_out;
      cells_at = mac_bmem;
    end
    if (decoded_o.is_softmax || decoded_o.is_fill) begin
      cells_at   = '0;
      cell_bytes = '0;
    end
    if (decoded_o.is_fill) begin
      in_at  = '0;
      out_at = fill_at;
    end
    if (decoded_o.is_softmax || decoded_o.is_store) out_at = '0;
    if (decoded_o.is_store) begin
      in_at    = store_in;
      cells_at = store_k;
    end
  end
  assign in_beyond  = decoded_o.is_pv ? (48'(held_most_q) - 48'(att_pitch[20:0])) << 1 : '0;
  assign in_fits    = 48'(in_at) + in_bytes_q + in_beyond <= 48'(bram_bytes_i);
  assign out_fits   = 48'(out_at) + out_bytes_q <= 48'(bram_bytes_i);
  assign cells_fit  = 48'(cells_at) + cell_bytes <= 48'(bmem_bytes_i);
  assign values_fit = !decoded_o.is_store || 48'(store_v) + cell_bytes <= 48'(bmem_bytes_i);
  assign pitch_fits = decoded_o.is_mac || decoded_o.is_store || decoded_o.is_fill || att_pitch[20:0] >= held_most_q;
  assign ok_o       = shapes_ok_q && in_fits && out_fits && cells_fit && values_fit && pitch_fits;
endmodule
